/** Texts that several pages share, in German. */
import type * as english from '../en/common.ts';
import { number, plural } from './locale.ts';

export const name: typeof english.name = 'Stet';
export const untitled: typeof english.untitled = 'Ohne Titel';
export const noscript: typeof english.noscript = 'Aktivieren Sie JavaScript, um Stet zu nutzen.';

export const actions: typeof english.actions = {
  cancel: 'Abbrechen',
  close: 'Schließen',
  done: 'Fertig',
  undo: 'Rückgängig',
  tryAgain: 'Erneut versuchen',
  signIn: 'Anmelden',
  yourDocuments: 'Ihre Dokumente',
  homePage: 'Startseite',
};

export const copy: typeof english.copy = {
  copied: 'Kopiert',
  byHand: 'Markiert – jetzt kopieren',
};

export const times: typeof english.times = { justNow: 'gerade eben' };

export const counts: typeof english.counts = {
  views: (count) => plural(count, { one: `${number(count)} Aufruf`, other: `${number(count)} Aufrufe` }),
  readers: (count) => plural(count, { one: `${number(count)} Leser`, other: `${number(count)} Leser` }),
};
