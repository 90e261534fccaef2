/** What single elements of pasted HTML are, where their names do not say it. */
import { STYLE } from './quiet.ts';
import { elementsIn, isElement, isText, type TreeElement, type TreeNode } from './tree.ts';
import { listAttributes } from './word.ts';

export const attributeOf = (element: TreeElement, name: string): string => element.getAttribute(name) ?? '';

const NUMERALS: Readonly<Record<string, string>> = {
  'lower-alpha': 'a',
  'lower-latin': 'a',
  'upper-alpha': 'A',
  'upper-latin': 'A',
  'lower-roman': 'i',
  'upper-roman': 'I',
};

/** Programs write non-breaking spaces, each in an element of its own, where there were several spaces or a tab. */
export const isSpacing = ({ firstChild }: TreeElement): boolean =>
  firstChild !== null &&
  isText(firstChild) &&
  firstChild.nextSibling === null &&
  /^\s+$/.test(firstChild.nodeValue ?? '');

/** A picture of one pixel, which only counts readers. */
export const isDecoration = (image: TreeElement): boolean =>
  ['width', 'height'].every((side) => /^[01](?:px)?$/.test(attributeOf(image, side)));

/** A box to tick as a sign, for lists here have none: the field of a web page, or the picture that Google Docs draws in an item. */
export function tickBoxOf(element: TreeElement, parent: TreeNode): string | null {
  if (element.localName === 'input' && attributeOf(element, 'type').toLowerCase() === 'checkbox') {
    return element.getAttribute('checked') === null ? '☐ ' : '☑ ';
  }
  if (element.localName !== 'img' || attributeOf(element, 'aria-roledescription') !== 'checkbox') return null;
  return isElement(parent) && attributeOf(parent, 'aria-checked') === 'true' ? '☑ ' : '☐ ';
}

/** The attributes of an ordered list. Google Docs has the kind of its numbers in a style of its items. */
export function numbersOf(list: TreeElement): string {
  const start = Number.parseInt(attributeOf(list, 'start'), 10);
  const [item] = elementsIn(list);
  const styles = `${attributeOf(list, STYLE)};${item === undefined ? '' : attributeOf(item, STYLE)}`;
  const named = NUMERALS[/list-style(?:-type)?\s*:\s*([\w-]+)/i.exec(styles)?.[1]?.toLowerCase() ?? ''];
  const type = attributeOf(list, 'type');
  return listAttributes({
    start: start >= 0 ? start : 1,
    type: /^[aAiI]$/.test(type) ? type : (named ?? ''),
  });
}
