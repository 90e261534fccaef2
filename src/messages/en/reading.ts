/** The page of a published document: what stands around its text, on the server and in the script that keeps it up to date. */
import { number } from './locale.ts';

/** The page as the server writes it. */
export const page = {
  /** @param author and dates are HTML */
  byline: (author: string, dates: string) => `By ${author} · ${dates}`,
  live: 'Live',
};

/** Between the time of the first publication and that of the last; before a date as well as before "5 minutes ago". */
export const updated: string = ', updated ';

/** What the script changes. */
export const frame = {
  /** Instead of “Live” while the connection is gone; after a minute when the page was last up to date. */
  reconnecting: 'Reconnecting…',
  lastUpdated: (time: string) => `Last updated ${time}`,
  readers: (count: number) => `${number(count)} reading now`,
  gone: {
    title: 'This page is no longer available',
    text: 'It was unpublished, or you no longer have access.',
  },
};
