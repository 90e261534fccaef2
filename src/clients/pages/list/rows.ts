/** The rows of the list. */
import type { Document } from '../../../../schemas/http.ts';
import { counted, viewsOf } from '../common/counts.ts';
import { h } from '../common/dom.ts';
import { icon } from '../common/icons.ts';
import { ago, clock } from '../common/time.ts';
import { UNTITLED } from '../common/untitled.ts';

/** What can be done with a row. */
export interface RowActions {
  remove(document: Document): void;
  restore(document: Document): void;
}

/** What a glance should tell of a document, in the order of its weight. */
export function badgesOf({ published, scheduled, visibility, role }: Document): string[] {
  return [
    ...(published === null ? [] : [visibility === 'private' ? 'published privately' : 'published']),
    ...(scheduled === null ? [] : ['scheduled']),
    ...(role === 'view' ? ['read-only'] : []),
  ];
}

/** `title` of a badge: what it says in full. */
function explain(badge: string, { published, scheduled }: Document, now: number): string | undefined {
  if (badge === 'scheduled' && scheduled !== null) return `To be published ${clock(Date.parse(scheduled.at), now)}`;
  if (!badge.startsWith('published') || published === null) return undefined;
  return `Revision ${published.revision}, ${clock(Date.parse(published.at), now)}`;
}

function details(document: Document, now: number): HTMLElement {
  const { deletedAt, editedAt, owner, role } = document;
  const at = deletedAt ?? editedAt;
  const views = viewsOf(document);
  const words = `${deletedAt === undefined ? 'Edited' : 'Deleted'} ${ago(Date.parse(at), now)}`;
  return h(
    'span',
    { class: 'details' },
    ...badgesOf(document).map((badge) =>
      h('span', { class: `badge ${badge.split(' ')[0]}`, title: explain(badge, document, now) }, badge),
    ),
    role !== 'own' && h('span', {}, `by ${owner}`),
    views !== null && h('span', { class: 'views' }, counted(views, 'view')),
    h('time', { datetime: at, title: new Date(at).toLocaleString() }, words),
  );
}

function row(document: Document, now: number, actions: RowActions): HTMLElement {
  const { id, title, role, deletedAt } = document;
  const name = h('span', { class: title === UNTITLED ? 'title untitled' : 'title' }, title === '' ? UNTITLED : title);
  if (deletedAt !== undefined) {
    const restore = h(
      'button',
      { type: 'button', class: 'button', 'aria-label': `Restore ${title}`, onclick: () => actions.restore(document) },
      'Restore',
    );
    return h('li', {}, h('div', { class: 'document deleted' }, name, details(document, now)), restore);
  }
  const remove = h(
    'button',
    {
      type: 'button',
      class: 'row-action',
      'aria-label': `Delete ${title}`,
      title: 'Delete',
      onclick: () => actions.remove(document),
    },
    icon('bin'),
  );
  return h(
    'li',
    {},
    h('a', { href: `/edit/${id}`, class: 'document' }, name, details(document, now)),
    role === 'own' ? remove : h('span', { class: 'row-action' }),
  );
}

/** @param now milliseconds since the Unix epoch */
export function documentRows(documents: readonly Document[], now: number, actions: RowActions): HTMLElement {
  return h('ul', { class: 'rows' }, ...documents.map((document) => row(document, now, actions)));
}

/** What stands in for the rows while they are on their way. */
export function skeletonRows(): HTMLElement {
  const bar = () => h('li', { class: 'skeleton' }, h('span'), h('span'));
  return h('ul', { class: 'rows', 'aria-busy': 'true', 'aria-label': 'Loading' }, bar(), bar(), bar());
}
