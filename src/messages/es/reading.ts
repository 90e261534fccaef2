/** What stands around the text of a published document, in Spanish. */
import type * as english from '../en/reading.ts';
import { number, plural } from './locale.ts';

export const page: typeof english.page = {
  byline: (author, dates) => `Por ${author} · ${dates}`,
  live: 'En directo',
};

export const updated: typeof english.updated = ' · Actualizado: ';

export const frame: typeof english.frame = {
  reconnecting: 'Reconectando…',
  lastUpdated: (time) => `Última actualización: ${time}`,
  readers: (count) =>
    plural(count, {
      one: `${number(count)} persona leyendo`,
      many: `${number(count)} de personas leyendo`,
      other: `${number(count)} personas leyendo`,
    }),
  gone: {
    title: 'Esta página ya no está disponible',
    text: 'Se ha retirado o ya no tienes acceso.',
  },
};
