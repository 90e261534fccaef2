/** The wordmark: a proofreader's stet, dots under the word. */
import { h } from './dom.ts';

export function wordmark(): HTMLElement {
  return h('span', { class: 'wordmark' }, 'Stet');
}
