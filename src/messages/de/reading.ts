/** What stands around the text of a published document, in German. */
import type * as english from '../en/reading.ts';
import { number } from './locale.ts';

export const page: typeof english.page = {
  byline: (author, dates) => `Von ${author} · ${dates}`,
  live: 'Live',
};

export const updated: typeof english.updated = ' · Aktualisiert: ';

export const frame: typeof english.frame = {
  reconnecting: 'Verbindung wird wiederhergestellt …',
  lastUpdated: (time) => `Stand: ${time}`,
  readers: (count) => `${number(count)} lesen gerade`,
  gone: {
    title: 'Diese Seite ist nicht mehr verfügbar',
    text: 'Sie wurde zurückgezogen, oder Sie haben keinen Zugriff mehr.',
  },
};
