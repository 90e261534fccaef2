/** What stands around the text of a published document, in French. */
import type * as english from '../en/reading.ts';
import { number, plural } from './locale.ts';

export const page: typeof english.page = {
  byline: (author, dates) => `Par ${author} · ${dates}`,
  live: 'En direct',
};

export const updated: typeof english.updated = ' · Mis à jour : ';

export const frame: typeof english.frame = {
  reconnecting: 'Reconnexion…',
  lastUpdated: (time) => `Dernière mise à jour : ${time}`,
  readers: (count) =>
    plural(count, {
      one: `${number(count)} personne lit cette page`,
      many: `${number(count)} de personnes lisent cette page`,
      other: `${number(count)} personnes lisent cette page`,
    }),
  gone: {
    title: 'Cette page n’est plus disponible',
    text: 'Elle a été retirée, ou vous n’y avez plus accès.',
  },
};
