/** Bold, italic and so on of pasted HTML: by elements, and by inline styles where programs write `<span style>` for them. */

import { escaped } from './blocks.ts';
import { STYLE } from './quiet.ts';
import { type Raised, raisedBy } from './raised.ts';
import { childrenOf, isElement, isText, setOf, type TreeElement, type TreeNode } from './tree.ts';

export interface Marks {
  readonly link: string | null;
  readonly isBold: boolean;
  readonly isItalic: boolean;
  readonly isStruck: boolean;
  readonly isCode: boolean;
  readonly raised: Raised | null;
  /** In a heading or a header cell, which is bold by itself. */
  readonly isHead: boolean;
}

export const NO_MARKS: Marks = {
  link: null,
  isBold: false,
  isItalic: false,
  isStruck: false,
  isCode: false,
  raised: null,
  isHead: false,
};

const BOLD = setOf('b,strong');
const ITALIC = setOf('i,em');
const STRUCK = setOf('s,strike,del');
const CODE = setOf('code,kbd,samp,tt');

/** `mso-bidi-font-weight` is another property. */
const property = (name: string): RegExp => new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]*)`, 'i');
const WEIGHT = property('font-weight');
const SLANT = property('font-style');
const DECORATION = property('text-decoration(?:-line)?');
const FAMILY = property('font-family');
/** Not Monotype. */
const MONOSPACED = /\bmono\b|monospace|courier|consolas|menlo|monaco/i;

const said = (style: string, name: RegExp): string => name.exec(style)?.[1] ?? '';

export const isMonospaced = (style: string): boolean => MONOSPACED.test(said(style, FAMILY));

/** Undefined where the style does not say. */
function boldOf(style: string): boolean | undefined {
  const weight = said(style, WEIGHT);
  if (/^(?:bold|[6-9]00)/i.test(weight)) return true;
  return /^(?:normal|lighter|[1-5]00)/i.test(weight) ? false : undefined;
}

function italicOf(style: string): boolean | undefined {
  const slant = said(style, SLANT);
  if (/^(?:italic|oblique)/i.test(slant)) return true;
  return /^normal/i.test(slant) ? false : undefined;
}

/**
 * Whether monospaced text is code: in office programs, which have nothing else for it, unless most of the text is. Whole
 * manuscripts are written in Courier.
 */
export function hasCodeFaces(body: TreeElement): boolean {
  let code = 0;
  let all = 0;
  function count(node: TreeNode, isCode: boolean): void {
    for (const child of childrenOf(node)) {
      if (isElement(child)) count(child, isCode || isMonospaced(child.getAttribute(STYLE) ?? ''));
      else if (isText(child)) {
        const { length } = (child.nodeValue ?? '').trim();
        all += length;
        if (isCode) code += length;
      }
    }
  }
  count(body, false);
  return code * 2 < all;
}

/**
 * @param link of the element itself, if it is one
 * @param outer of what it stands in
 * @param hasCodeFaces whether monospaced text is code
 */
export function marksOf(name: string, style: string, link: string | null, outer: Marks, hasCodeFaces: boolean): Marks {
  return {
    ...outer,
    link: link ?? outer.link,
    isBold: boldOf(style) ?? (outer.isBold || BOLD.has(name)),
    isItalic: italicOf(style) ?? (outer.isItalic || ITALIC.has(name)),
    isStruck: outer.isStruck || STRUCK.has(name) || said(style, DECORATION).includes('line-through'),
    raised: raisedBy(name, style) ?? outer.raised,
    isCode: outer.isCode || CODE.has(name) || (hasCodeFaces && isMonospaced(style)),
  };
}

/** A link that is code is a link: where it leads is worth more than how it looks, and the schema has only one of the two. */
export function marked(text: string, { link, isBold, isItalic, isStruck, isCode, isHead }: Marks): string {
  let html = escaped(text);
  if (isCode && link === null) return `<code>${html}</code>`;
  if (isStruck) html = `<s>${html}</s>`;
  if (isItalic) html = `<em>${html}</em>`;
  if (isBold && !isHead) html = `<strong>${html}</strong>`;
  return link === null ? html : `<a href="${escaped(link)}">${html}</a>`;
}
