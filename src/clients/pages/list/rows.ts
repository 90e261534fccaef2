/** The rows of the list. */
import type { Document } from '../../../../schemas/http.ts';
import { h } from '../common/dom.ts';
import { ago } from '../common/time.ts';

function row(document: Document, now: number): HTMLElement {
  const editedAt = Date.parse(document.editedAt);
  const time = h(
    'time',
    { datetime: document.editedAt, title: new Date(editedAt).toLocaleString() },
    `Edited ${ago(editedAt, now)}`,
  );
  return h(
    'li',
    {},
    h(
      'a',
      { href: `/edit/${document.id}`, class: 'document' },
      h('span', { class: document.title === 'Untitled' ? 'title untitled' : 'title' }, document.title),
      h(
        'span',
        { class: 'details' },
        document.role === 'view' && h('span', { class: 'badge' }, 'read-only'),
        document.role !== 'own' && h('span', {}, `by ${document.owner}`),
        time,
      ),
    ),
  );
}

/** @param now milliseconds since the Unix epoch */
export function documentRows(documents: readonly Document[], now: number): HTMLElement {
  return h('ul', { class: 'rows' }, ...documents.map((document) => row(document, now)));
}

/** What stands in for the rows while they are on their way. */
export function skeletonRows(): HTMLElement {
  const bar = () => h('li', { class: 'skeleton' }, h('span'), h('span'));
  return h('ul', { class: 'rows', 'aria-busy': 'true', 'aria-label': 'Loading' }, bar(), bar(), bar());
}
