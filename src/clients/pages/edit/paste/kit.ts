/**
 * Detects the format of a paste, converts it and inserts it: one chunk, loaded with the first key in the text. It imports nothing
 * from the page's own script.
 */
import type { EditorView } from '@tiptap/pm/view';
import { convertHtml } from './html/convert-html.ts';
import type { Rules } from './html/converter.ts';
import { leftOutText } from './left-out.ts';
import { type Clipboard, codeHtml, isOwn, sourceOf } from './source.ts';

export interface Rewritten {
  readonly html: string;
  /** What was lost; null: nothing. */
  readonly sentence: string | null;
}

/** HTML of the schema; null for a copy from this editor, which is that already. */
export function rewritten(html: string, rules: Rules): Rewritten | null {
  if (isOwn(html)) return null;
  const { html: converted, leftOut } = convertHtml(html, rules);
  return { html: converted, sentence: leftOutText(leftOut) };
}

export const isMarkdown = (clipboard: Clipboard): boolean => sourceOf(clipboard).kind === 'markdown';

/**
 * Pastes without an event of its own: other handlers would look into the clipboard again.
 * @param markdownHtml reads Markdown; needed for that alone
 * @returns false: as ProseMirror pastes it
 */
export function insert(
  view: EditorView,
  clipboard: Clipboard,
  markdownHtml: ((text: string) => string | null) | null,
): boolean {
  const { html, text } = clipboard;
  const source = sourceOf(clipboard);
  switch (source.kind) {
    case 'as-is':
      return false;
    case 'html':
      return view.pasteHTML(html);
    case 'markdown': {
      const read = markdownHtml?.(text) ?? null;
      return read === null ? view.pasteText(text) : view.pasteHTML(read);
    }
    case 'text':
      return view.pasteText(text);
    case 'code':
      return view.pasteHTML(codeHtml(text, source.language));
  }
}
