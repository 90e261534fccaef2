/** Converts pasted HTML to HTML of the schema. Loaded on demand with the kit: imports nothing from the page's own script. */
import { type Converted, convertTree, type Rules } from './converter.ts';
import { quiet } from './quiet.ts';
import type { TreeElement } from './tree.ts';
import { isWord } from './word.ts';

/** The browser's. */
declare const DOMParser: new () => { parseFromString(html: string, type: 'text/html'): { readonly body: TreeElement } };

/** Word on the web, and Google Docs. */
const OFFICE = /\bSCXW\d|docs-internal-guid/;

/** Runs and loads nothing of it. */
export function convertHtml(html: string, rules: Rules): Converted {
  const { body } = new DOMParser().parseFromString(quiet(html), 'text/html');
  return convertTree(body, isWord(html) || OFFICE.test(html), rules);
}
