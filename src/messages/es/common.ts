/** Texts that several pages share, in Spanish. */
import type * as english from '../en/common.ts';
import { number, plural } from './locale.ts';

export const name: typeof english.name = 'Stet';
export const untitled: typeof english.untitled = 'Sin título';
export const noscript: typeof english.noscript = 'Activa JavaScript para usar Stet.';

export const actions: typeof english.actions = {
  cancel: 'Cancelar',
  close: 'Cerrar',
  done: 'Listo',
  undo: 'Deshacer',
  tryAgain: 'Reintentar',
  signIn: 'Iniciar sesión',
  yourDocuments: 'Tus documentos',
  homePage: 'Página de inicio',
};

export const copy: typeof english.copy = {
  copied: 'Copiado',
  byHand: 'Seleccionado: cópialo ahora',
};

export const times: typeof english.times = { justNow: 'ahora mismo' };

export const counts: typeof english.counts = {
  views: (count) =>
    plural(count, {
      one: `${number(count)} visita`,
      many: `${number(count)} de visitas`,
      other: `${number(count)} visitas`,
    }),
  readers: (count) =>
    plural(count, {
      one: `${number(count)} lector`,
      many: `${number(count)} de lectores`,
      other: `${number(count)} lectores`,
    }),
};
