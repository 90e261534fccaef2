/** Asks before something that readers or co-authors will notice. */
import { actions } from '../../../messages/en/common.ts';
import { h } from './dom.ts';

export interface Confirmation {
  readonly title: string;
  readonly text: string;
  /** Label of the button that confirms. */
  readonly action: string;
}

/** Resolves with whether it was confirmed; closing the dialog any other way is a no. */
export function confirm({ title, text, action }: Confirmation): Promise<boolean> {
  return new Promise((resolve) => {
    let confirmed = false;
    const yes = h(
      'button',
      {
        type: 'button',
        class: 'button primary',
        onclick: () => {
          confirmed = true;
          element.close();
        },
      },
      action,
    );
    const no = h('button', { type: 'button', class: 'button', onclick: () => element.close() }, actions.cancel);
    const element = h(
      'dialog',
      { class: 'dialog', role: 'alertdialog', 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-text' },
      h('h2', { id: 'confirm-title' }, title),
      h('p', { id: 'confirm-text' }, text),
      h('div', { class: 'actions' }, no, yes),
    );
    element.addEventListener('close', () => {
      element.remove();
      resolve(confirmed);
    });
    document.body.append(element);
    element.showModal();
    no.focus();
  });
}
