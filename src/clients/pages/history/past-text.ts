/** The whole text as it was, with its title and summary. */
import type { HistoryDiff } from '../../../../schemas/http.ts';
import { untitled } from '../../../messages/en/common.ts';
import { moment as texts } from '../../../messages/en/history.ts';
import { setDirection } from '../common/block-direction.ts';
import { h } from '../common/dom.ts';
import { safeNodes } from '../common/safe-html.ts';

/** @param text a position compared with itself */
export function pastText({ title, summary, blocks }: Pick<HistoryDiff, 'title' | 'summary' | 'blocks'>): HTMLElement {
  const nodes = blocks.flatMap(({ html }) => safeNodes(html));
  for (const node of nodes) if (node instanceof Element) setDirection(node);
  const isEmpty = nodes.every((node) => node.textContent?.trim() === '' && !(node instanceof HTMLHRElement));
  return h(
    'article',
    { class: 'past-text' },
    h('p', { class: 'past-title', dir: 'auto' }, title.to === '' ? untitled : title.to),
    summary.to !== '' && h('p', { class: 'past-summary', dir: 'auto' }, summary.to),
    isEmpty ? h('p', { class: 'hint' }, texts.empty) : h('div', { class: 'prose' }, ...nodes),
  );
}
