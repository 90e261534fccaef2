/** The reader of Markdown: CommonMark with strikethrough and GitHub's tables. HTML in it is text. */
import MarkdownIt from 'markdown-it';

/** The parser leaves out what is nested deeper. */
export const MAX_NESTING = 100;

/** Brackets are looked at again and again: 50,000 take some 100 ms, a million would take seconds. */
const MAX_BRACKETS = 50_000;

export const commonMark = new MarkdownIt('commonmark', { html: false, maxNesting: MAX_NESTING }).enable([
  'strikethrough',
  'table',
]);
// Addresses stay as written, and `linkHref` judges them: else a link that is not allowed would show its source.
commonMark.normalizeLink = (url) => url;
commonMark.validateLink = () => true;

/** Says what would take too long to read (I9); null: nothing. */
export function markdownExcess(text: string): string | null {
  let count = 0;
  for (let index = text.indexOf('['); index >= 0; index = text.indexOf('[', index + 1)) count += 1;
  return count > MAX_BRACKETS ? `The Markdown has more than ${MAX_BRACKETS} brackets.` : null;
}
