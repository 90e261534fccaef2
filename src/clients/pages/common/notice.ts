/** A whole-page message: something is missing, gone or out of reach, and what to do now. */
import { type Child, h } from './dom.ts';

/** @param actions links or buttons, the main one first */
export function notice(title: string, text: string, ...actions: readonly Child[]): HTMLElement {
  return h(
    'section',
    { class: 'notice', role: 'alert' },
    h('h1', {}, title),
    h('p', {}, text),
    h('div', { class: 'actions' }, ...actions),
  );
}
