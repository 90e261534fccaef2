/** Markdown as HTML, by the reader that the API has too. Loaded when Markdown is pasted. */
import { commonMark, markdownExcess } from '../../../../content/markdown/commonmark.ts';

/** Null for a text that would take too long. */
export function markdownHtml(text: string): string | null {
  return markdownExcess(text) === null ? commonMark.render(text.replace(/^\uFEFF/, '')) : null;
}
