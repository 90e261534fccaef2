/** A message in the place of a page or of its content: something is missing, gone or out of reach, and what to do now. */
import { type Child, h } from './dom.ts';

function section(level: 'h1' | 'h2', title: string, text: string, actions: readonly Child[]): HTMLElement {
  return h(
    'section',
    { class: 'notice', role: 'alert' },
    h(level, {}, title),
    h('p', {}, text),
    h('div', { class: 'actions' }, ...actions),
  );
}

/**
 * As the whole content of a page, below `main`.
 * @param actions links or buttons, the main one first
 */
export const notice = (title: string, text: string, ...actions: readonly Child[]): HTMLElement =>
  section('h1', title, text, actions);

/** The same as a page of its own. */
export const noticePage = (title: string, text: string, ...actions: readonly Child[]): HTMLElement =>
  h('main', {}, section('h1', title, text, actions));

/** The same as a part of a page that has its heading. */
export const partNotice = (title: string, text: string, ...actions: readonly Child[]): HTMLElement =>
  section('h2', title, text, actions);
