/** A sentence about what was just done to the text, over its upper edge. It goes by itself; screen readers hear it. */
import { h } from '../common/dom.ts';

/** Milliseconds for which it stays. */
const STAY_MS = 12_000;

export interface NoticeLine {
  readonly element: HTMLElement;
  /** @param sentence null takes the last one away */
  show(sentence: string | null): void;
  close(): void;
}

export function createNoticeLine(): NoticeLine {
  // Always there: screen readers hear what changes in an element, not one that appears.
  const element = h('p', { class: 'notice-line', 'aria-live': 'polite' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const close = () => {
    clearTimeout(timer);
    element.textContent = '';
  };
  return {
    element,
    show(sentence) {
      close();
      if (sentence === null) return;
      element.textContent = sentence;
      timer = setTimeout(close, STAY_MS);
    },
    close,
  };
}
