/** Code from a code editor: one line is code in the text, several are a block. */
import { type Node, Slice } from '@tiptap/pm/model';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export function codeHtml(text: string, language: string): string {
  const code = text
    .replace(/\r\n?/g, '\n')
    .replace(/\n$/, '')
    .replace(/[&<>]/g, (character) => ESCAPES[character]!);
  if (!code.includes('\n')) return `<p><code>${code.trim()}</code></p>`;
  return `<pre><code class="language-${language}">${code}</code></pre>`;
}

const isBlock = (node: Node | null): boolean => node?.type.name === 'codeBlock' && node.textContent.includes('\n');

/** A slice whose first and last block stay blocks if they are code: open ones would become part of the paragraph around. */
export function closedCode(slice: Slice): Slice {
  const { content, openStart, openEnd } = slice;
  const [first, last] = [isBlock(content.firstChild), isBlock(content.lastChild)];
  return first || last ? new Slice(content, first ? 0 : openStart, last ? 0 : openEnd) : slice;
}
