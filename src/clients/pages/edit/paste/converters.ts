/** The converters of pasted texts, each loaded when it is first needed: most texts are typed. */

/** Pure functions, in chunks of their own. */
const SOURCES = {
  html: async () => (await import('./html/convert-html.ts')).convertHtml,
  markdown: async () => (await import('./markdown-html.ts')).markdownHtml,
};
export type ConverterSources = typeof SOURCES;

type Loaded<K extends keyof ConverterSources> = Awaited<ReturnType<ConverterSources[K]>>;

export class Converters {
  readonly #sources: ConverterSources;
  #html: Loaded<'html'> | null = null;
  #markdown: Loaded<'markdown'> | null = null;

  constructor(sources: ConverterSources = SOURCES) {
    this.#sources = sources;
  }

  /** Null until it is loaded. */
  get html(): Loaded<'html'> | null {
    return this.#html;
  }
  get markdown(): Loaded<'markdown'> | null {
    return this.#markdown;
  }

  /** Rejects without a network, unless the browser has it already. */
  async loadHtml(): Promise<void> {
    this.#html ??= await this.#sources.html();
  }

  /** What it makes of Markdown is HTML to be converted. */
  async loadMarkdown(): Promise<void> {
    const [markdown] = await Promise.all([this.#markdown ?? this.#sources.markdown(), this.loadHtml()]);
    this.#markdown = markdown;
  }
}
