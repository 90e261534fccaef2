/** Asks before something that readers or co-authors will notice. */
import { h } from './dom.ts';

export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly action: string;
}

/** Resolves with whether the person wants it; closing the dialog any other way is a no. */
export function confirm({ title, text, action }: Question): Promise<boolean> {
  return new Promise((resolve) => {
    let wanted = false;
    const yes = h(
      'button',
      {
        type: 'button',
        class: 'button primary',
        onclick: () => {
          wanted = true;
          element.close();
        },
      },
      action,
    );
    const no = h('button', { type: 'button', class: 'button', onclick: () => element.close() }, 'Cancel');
    const element = h(
      'dialog',
      { class: 'dialog', role: 'alertdialog', 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-text' },
      h('h2', { id: 'confirm-title' }, title),
      h('p', { id: 'confirm-text' }, text),
      h('div', { class: 'actions' }, no, yes),
    );
    element.addEventListener('close', () => {
      element.remove();
      resolve(wanted);
    });
    document.body.append(element);
    element.showModal();
    no.focus();
  });
}
