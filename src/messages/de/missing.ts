/** The page for addresses that lead nowhere, in German. */
import type * as english from '../en/missing.ts';

export const title: typeof english.title = 'Seite nicht gefunden – Stet';

export const texts: typeof english.texts = {
  heading: 'Seite nicht gefunden',
  text: 'Vielleicht ist die Adresse falsch, oder die Seite wurde gelöscht.',
  home: 'Ihre Dokumente',
};
