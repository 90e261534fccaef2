/** The wordmark: a proofreader's stet, dots under the word. */
import { name } from '../../../messages/en/common.ts';
import { h } from './dom.ts';

export function wordmark(): HTMLElement {
  return h('span', { class: 'wordmark' }, name);
}
