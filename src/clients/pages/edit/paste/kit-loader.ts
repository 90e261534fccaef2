/** Loads what converts pasted texts when it is first needed: most texts are typed. */

const SOURCES = {
  kit: () => import('./kit.ts'),
  /** The reader of Markdown is ten times as large as everything else. */
  markdown: async () => (await import('./markdown-html.ts')).markdownHtml,
};
export type KitSources = typeof SOURCES;
type Kit = Awaited<ReturnType<KitSources['kit']>>;
type MarkdownHtml = Awaited<ReturnType<KitSources['markdown']>>;

export class KitLoader {
  readonly #sources: KitSources;
  #kit: Kit | null = null;
  #markdown: MarkdownHtml | null = null;

  constructor(sources: KitSources = SOURCES) {
    this.#sources = sources;
  }

  /** Null until it is loaded. */
  get kit(): Kit | null {
    return this.#kit;
  }
  get markdown(): MarkdownHtml | null {
    return this.#markdown;
  }

  /** Rejects without a network, unless the browser has it already. */
  async loadKit(): Promise<Kit> {
    this.#kit ??= await this.#sources.kit();
    return this.#kit;
  }

  async loadMarkdown(): Promise<void> {
    this.#markdown ??= await this.#sources.markdown();
  }
}
