/** The home page of strangers: what is public. */
import { number } from './locale.ts';

export const home = {
  /** Of news readers. */
  feed: 'Feed',
  /** Read aloud before the links to other pages of the list. */
  pages: 'Pages',
  newer: 'Newer',
  older: 'Older',
  title: (site: string, page: number) => `${site} – page ${number(page)}`,
  empty: 'Nothing has been published yet.',
};
