/** The page for addresses that lead nowhere, in French. */
import type * as english from '../en/missing.ts';

export const title: typeof english.title = 'Page introuvable – Stet';

export const texts: typeof english.texts = {
  heading: 'Page introuvable',
  text: 'L’adresse est peut-être incorrecte, ou la page a été supprimée.',
  home: 'Vos documents',
};
