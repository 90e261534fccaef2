/** The pages that readers get instead of a document, in German. */
import type * as english from '../en/notices.ts';

export const notices: typeof english.notices = {
  missing: { title: 'Seite nicht gefunden', text: 'Vielleicht ist die Adresse falsch, oder die Seite wurde entfernt.' },
  away: {
    title: 'Vorübergehend nicht verfügbar',
    text: 'Diese Seite kann gerade nicht geladen werden. Versuchen Sie es gleich noch einmal.',
  },
  broken: { title: 'Etwas ist schiefgelaufen', text: 'Der Fehler liegt bei uns. Versuchen Sie es später noch einmal.' },
};
