/** A code to copy, with its name. */
import { copyButton } from '../../pages/common/copy-button.ts';
import { h } from '../../pages/common/dom.ts';

export interface CodeBoxOptions {
  readonly id: string;
  readonly label: string;
  /** Label of the button. */
  readonly copy: string;
  readonly rows: number;
}

export interface CodeBox {
  readonly element: HTMLElement;
  /** @param isWhole false: it is an example, which cannot be copied */
  show(code: string, isWhole: boolean): void;
  select(): void;
}

export function createCodeBox({ id, label, copy, rows }: CodeBoxOptions): CodeBox {
  const area = h('textarea', { id, readonly: true, rows, spellcheck: 'false', onfocus: () => area.select() });
  const select = () => area.select();
  const button = copyButton({ label: copy, text: () => area.value, select });
  return {
    element: h(
      'div',
      { class: 'snippet' },
      h('div', { class: 'snippet-head' }, h('label', { for: id }, label), button),
      area,
    ),
    show(code, isWhole) {
      area.value = code;
      button.disabled = !isWhole;
    },
    select,
  };
}
