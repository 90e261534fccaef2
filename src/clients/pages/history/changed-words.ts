/** How many words a comparison adds and removes, as it is shown. */
import { countWords } from '../common/words.ts';

function wordsOf(element: Element): number {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  let text = '';
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node instanceof Element) {
      // No word goes over the border of these.
      if (node.matches('p, h2, h3, li, pre, td, th, br')) text += ' ';
    } else if (node.parentElement?.closest('.visually-hidden') === null) {
      // What screen readers say of a block is none of its words.
      text += node.nodeValue;
    }
  }
  return countWords(text);
}

const sumOf = (elements: Iterable<Element>): number => [...elements].reduce((sum, one) => sum + wordsOf(one), 0);

/** @param view of `diffView` */
export const changedWords = (view: Element): { added: number; removed: number } => ({
  added: sumOf(view.querySelectorAll('.diff-block.added, .diff-block.changed ins, .diff-line ins')),
  removed: sumOf(view.querySelectorAll('.diff-block.removed, .diff-block.changed del, .diff-line del')),
});
