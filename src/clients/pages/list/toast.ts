/** Says what was done, and for a while offers to undo it. One at a time. */
import { actions } from '../../../messages/en/common.ts';
import { fill, h } from '../common/dom.ts';

/** Milliseconds for which it stays; longer while it is pointed at or has the focus. */
const STAY_MS = 12_000;

export interface Toast {
  readonly element: HTMLElement;
  show(text: string, undo?: () => void): void;
  hide(): void;
}

export function createToast(): Toast {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const element = h('div', { class: 'toast', role: 'status', hidden: true });

  function hide(): void {
    clearTimeout(timer);
    element.hidden = true;
    fill(element);
  }
  function later(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (element.matches(':hover, :focus-within')) later();
      else hide();
    }, STAY_MS);
  }

  return {
    element,
    hide,
    show(text, undo) {
      const act = () => {
        hide();
        undo?.();
      };
      const button = h('button', { type: 'button', class: 'button', onclick: act }, actions.undo);
      fill(element, h('span', { class: 'toast-text' }, text), undo !== undefined && button);
      element.hidden = false;
      later();
    },
  };
}
