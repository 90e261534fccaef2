/** The home page of strangers, in Spanish. */
import type * as english from '../en/home.ts';
import { number } from './locale.ts';

export const home: typeof english.home = {
  feed: 'Feed',
  pages: 'Páginas',
  newer: 'Más recientes',
  older: 'Más antiguos',
  title: (site, page) => `${site} – página ${number(page)}`,
  empty: 'Todavía no se ha publicado nada.',
};
