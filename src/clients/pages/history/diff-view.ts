/** Shows how one text differs from another: what was added, what went, and what stands around it. */
import type { DiffBlock, RevisionDiff } from '../../../../schemas/http.ts';
import { diff as texts } from '../../../messages/en/history.ts';
import { setDirection } from '../common/block-direction.ts';
import { h } from '../common/dom.ts';
import { safeNodes } from '../common/safe-html.ts';
import { foldUnchanged, type Run } from './folding.ts';

const SPOKEN: Readonly<Record<DiffBlock['kind'], string>> = {
  same: '',
  added: texts.added,
  removed: texts.removed,
  changed: texts.changed,
};

function line(name: string, { from, to }: { from: string; to: string }): HTMLElement | null {
  if (from === to) return null;
  return h(
    'div',
    { class: 'diff-line' },
    h('span', { class: 'diff-name' }, name),
    from !== '' && h('del', { dir: 'auto' }, from),
    to !== '' && h('ins', { dir: 'auto' }, to),
  );
}

function block({ kind, html }: DiffBlock): HTMLElement {
  const label = SPOKEN[kind];
  const element = h(
    'div',
    { class: `diff-block ${kind}` },
    label !== '' && h('span', { class: 'visually-hidden' }, label),
  );
  const nodes = safeNodes(html);
  for (const node of nodes) if (node instanceof Element) setDirection(node);
  element.append(...nodes);
  return element;
}

function run({ blocks, isFolded }: Run): Node[] {
  const shown = blocks.map(block);
  if (!isFolded) return shown;
  return [h('details', { class: 'folded' }, h('summary', {}, texts.unchanged(blocks.length)), ...shown)];
}

/** @param saysSame whether to say so when nothing differs */
export function diffView(diff: Pick<RevisionDiff, 'title' | 'summary' | 'blocks'>, saysSame: boolean): HTMLElement {
  const isSame =
    diff.title.from === diff.title.to &&
    diff.summary.from === diff.summary.to &&
    diff.blocks.every(({ kind }) => kind === 'same');
  return h(
    'div',
    { class: 'diff' },
    isSame && saysSame && h('p', { class: 'hint' }, texts.same),
    line(texts.title, diff.title),
    line(texts.summary, diff.summary),
    h('div', { class: 'prose' }, ...foldUnchanged(diff.blocks).flatMap(run)),
  );
}
