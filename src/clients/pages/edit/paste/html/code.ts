/** Code blocks of pasted HTML: `<pre>`, and what code editors write for it. */
import { isMonospaced } from './marks.ts';
import { loud } from './quiet.ts';
import { childrenOf, elementsIn, isElement, isText, setOf, type TreeElement, type TreeNode } from './tree.ts';

const LINES = setOf('div,p,li,tr');
const SILENT = setOf('style,script,button');
const LANGUAGE = /(?:^|\s)(?:lang(?:uage)?-|highlight-source-|brush:\s*)([\w.+#-]+)/;

/** Code editors write code as text in a monospaced face, in which no line may wrap. */
export const isCode = (style: string): boolean => /white-space\s*:\s*pre\s*(?:;|$)/i.test(style) && isMonospaced(style);

/** The text of it as a browser shows it. */
export function codeOf(element: TreeElement): string {
  let text = '';
  const startLine = () => {
    if (text !== '' && !text.endsWith('\n')) text += '\n';
  };
  function read(node: TreeNode): void {
    for (const child of childrenOf(node)) {
      if (isText(child)) text += loud(child.nodeValue ?? '');
      else if (!isElement(child) || SILENT.has(child.localName)) continue;
      else if (child.localName === 'br') text += '\n';
      else if (LINES.has(child.localName)) {
        startLine();
        read(child);
        startLine();
      } else read(child);
    }
  }
  read(element);
  return text.replace(/\r\n?/g, '\n').replaceAll('\u00a0', ' ').replace(/\n$/, '');
}

/** @param parent what the element stands in: some sites name the language there */
export function languageOf(element: TreeElement, parent: TreeElement | null): string | null {
  const [inner = null] = elementsIn(element);
  for (const one of [inner, element, parent]) {
    const name = LANGUAGE.exec(one?.getAttribute('class') ?? '')?.[1] ?? one?.getAttribute('data-language');
    if (name !== undefined && name !== null) return name;
  }
  return null;
}
