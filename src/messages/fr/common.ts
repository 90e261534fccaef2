/** Texts that several pages share, in French. */
import type * as english from '../en/common.ts';
import { number, plural } from './locale.ts';

export const name: typeof english.name = 'Stet';
export const untitled: typeof english.untitled = 'Sans titre';
export const noscript: typeof english.noscript = 'Activez JavaScript pour utiliser Stet.';

export const actions: typeof english.actions = {
  cancel: 'Annuler',
  close: 'Fermer',
  done: 'Terminé',
  undo: 'Annuler',
  tryAgain: 'Réessayer',
  signIn: 'Se connecter',
  yourDocuments: 'Vos documents',
  homePage: 'Page d’accueil',
};

export const copy: typeof english.copy = {
  copied: 'Copié',
  byHand: 'Sélectionné – copiez-le maintenant',
};

export const times: typeof english.times = { justNow: 'à l’instant' };

export const counts: typeof english.counts = {
  views: (count) =>
    plural(count, { one: `${number(count)} vue`, many: `${number(count)} de vues`, other: `${number(count)} vues` }),
  readers: (count) =>
    plural(count, {
      one: `${number(count)} lecteur`,
      many: `${number(count)} de lecteurs`,
      other: `${number(count)} lecteurs`,
    }),
};
