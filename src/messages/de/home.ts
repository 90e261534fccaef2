/** The home page of strangers, in German. */
import type * as english from '../en/home.ts';
import { number } from './locale.ts';

export const home: typeof english.home = {
  feed: 'Feed',
  pages: 'Seiten',
  newer: 'Neuere',
  older: 'Ältere',
  title: (site, page) => `${site} – Seite ${number(page)}`,
  empty: 'Hier ist noch nichts veröffentlicht.',
};
