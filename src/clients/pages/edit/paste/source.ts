/** What a paste is, by what the clipboard has of it. Pure; knows nothing of how it is converted. */
import { looksLikeMarkdown } from './markdown-signs.ts';

export interface Clipboard {
  readonly html: string;
  readonly text: string;
  /** What VS Code says of it, in JSON; empty if it is from elsewhere. */
  readonly vscode: string;
}

export type Source =
  /** Plain text, or a copy from this editor: ProseMirror pastes it as it is. */
  | { readonly kind: 'as-is' }
  | { readonly kind: 'html' }
  | { readonly kind: 'markdown' }
  /** Text, whatever else the clipboard has. */
  | { readonly kind: 'text' }
  | { readonly kind: 'code'; readonly language: string };

/** Modes of VS Code for text that is no program. */
const PROSE = new Set(['markdown', 'plaintext']);
const LANGUAGE = /^[\w.+#-]{1,40}$/;
/** Elements that this editor writes none of. Other editors mark their copies in the same way. */
const FOREIGN = /<(?:h[1456]|img|iframe|video|b|i|u|span|font)\b/i;
/** Characters in which the first element begins. */
const MAX_HEAD = 4_000;
/** What may stand before it. */
const PREAMBLE = /^(?:\s|<!--[^>]*-->|<\/?(?:html|head|body|meta)\b[^>]*>)*/i;
const STYLED = /^<(div|pre)\b[^>]{0,2000}?\sstyle\s*=\s*(?:"([^"]*)"|'([^']*)')/i;
const CLOSED = /<\/(div|pre)>(?:\s|<!--[^>]*-->|<\/(?:body|html)>)*$/i;

/** Whether it was copied from a text of this editor. */
export const isOwn = (html: string): boolean => html.includes('data-pm-slice="') && !FOREIGN.test(html);

/** The mode of an editor's text; null where it says none. */
function languageOf(vscode: string): string | null {
  try {
    const { mode } = JSON.parse(vscode) as { mode?: unknown };
    return typeof mode === 'string' && LANGUAGE.test(mode) ? mode : null;
  } catch {
    // Any page can put anything there.
    return null;
  }
}

/** Code editors copy one element of coloured lines; sites that show code have classes in it. */
function isOfCodeEditor(html: string): boolean {
  const [, tag = '', quoted, other = ''] = STYLED.exec(html.slice(0, MAX_HEAD).replace(PREAMBLE, '')) ?? [];
  if (tag.toLowerCase() === 'div' && !/white-space\s*:\s*pre\s*(?:;|$)/i.test(quoted ?? other)) return false;
  return tag !== '' && CLOSED.exec(html.slice(-200))?.[1] === tag && !/\sclass\s*=|<code\b/i.test(html);
}

export function sourceOf({ html, text, vscode }: Clipboard): Source {
  if (vscode !== '' && text !== '') {
    const language = languageOf(vscode);
    if (language !== null && !PROSE.has(language) && text.trim() !== '') return { kind: 'code', language };
    return { kind: looksLikeMarkdown(text) ? 'markdown' : 'text' };
  }
  if ((html === '' || isOfCodeEditor(html)) && looksLikeMarkdown(text)) return { kind: 'markdown' };
  return { kind: html === '' || isOwn(html) ? 'as-is' : 'html' };
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Code from a code editor: one line is code in the text, several are a block. */
export function codeHtml(text: string, language: string): string {
  const code = text
    .replace(/\r\n?/g, '\n')
    .replace(/\n$/, '')
    .replace(/[&<>]/g, (character) => ESCAPES[character]!);
  if (!code.includes('\n')) return `<p><code>${code.trim()}</code></p>`;
  return `<pre><code class="language-${language}">${code}</code></pre>`;
}
