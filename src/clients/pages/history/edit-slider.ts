/** Goes through the edits of a writing session, one by one or by far. */
import { moment as texts } from '../../../messages/en/history.ts';
import { h } from '../common/dom.ts';
import { icon } from '../common/icons.ts';

export interface EditSlider {
  readonly element: HTMLElement;
  /** Sets the session's positions. One edit alone needs no slider. */
  setRange(first: number, last: number): void;
  show(at: number): void;
  /** What it says of its position, for those who do not see it. */
  describe(text: string): void;
}

export function createEditSlider(onMove: (at: number) => void): EditSlider {
  const input = h('input', { type: 'range', id: 'moment', step: 1, oninput: () => onMove(input.valueAsNumber) });
  const isIn = (at: number) => at >= Number(input.min) && at <= Number(input.max);

  function stepBy(steps: 1 | -1, label: string): HTMLButtonElement {
    const onclick = () => {
      const at = input.valueAsNumber + steps;
      if (isIn(at)) onMove(at);
    };
    const kind = steps === 1 ? 'next' : 'previous';
    return h(
      'button',
      { type: 'button', class: `tool ${kind}`, 'aria-label': label, title: label, onclick },
      icon('back'),
    );
  }

  const previous = stepBy(-1, texts.previous);
  const next = stepBy(1, texts.next);
  const label = h('label', { for: input.id }, texts.slider);
  const element = h('div', { class: 'moment-slider' }, label, previous, input, next);
  return {
    element,
    setRange(first, last) {
      input.min = String(first);
      input.max = String(last);
      element.hidden = first === last;
    },
    show(at) {
      input.valueAsNumber = at;
      // Not `disabled`: a button that loses the focus at the end of the session throws the keyboard user out.
      previous.setAttribute('aria-disabled', String(!isIn(at - 1)));
      next.setAttribute('aria-disabled', String(!isIn(at + 1)));
    },
    describe: (text) => input.setAttribute('aria-valuetext', text),
  };
}
