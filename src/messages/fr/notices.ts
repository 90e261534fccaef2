/** The pages that readers get instead of a document, in French. */
import type * as english from '../en/notices.ts';

export const notices: typeof english.notices = {
  missing: { title: 'Page introuvable', text: 'L’adresse est peut-être incorrecte, ou la page a été retirée.' },
  away: {
    title: 'Temporairement indisponible',
    text: 'Cette page ne peut pas être chargée pour le moment. Réessayez dans un instant.',
  },
  broken: { title: 'Une erreur s’est produite', text: 'Le problème vient de notre côté. Réessayez plus tard.' },
};
