/** The home page of strangers, in French. */
import type * as english from '../en/home.ts';
import { number } from './locale.ts';

export const home: typeof english.home = {
  feed: 'Flux',
  pages: 'Pages',
  newer: 'Plus récents',
  older: 'Plus anciens',
  title: (site, page) => `${site} – page ${number(page)}`,
  empty: 'Rien n’a encore été publié.',
};
