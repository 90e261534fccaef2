/** The sign-in page, in French. */
import type * as english from '../en/sign-in.ts';
import { number, plural } from './locale.ts';

export const title: typeof english.title = 'Connexion – Stet';

export const texts: typeof english.texts = {
  heading: ' – Connexion',
  tagline: 'Connectez-vous à votre compte',
  username: 'Nom d’utilisateur',
  password: 'Mot de passe',
  submit: 'Se connecter',
  submitting: 'Connexion…',
  wrong: 'Nom d’utilisateur ou mot de passe incorrect.',
  unreachable: 'Impossible de joindre le serveur. Réessayez dans un instant.',
  offline:
    'Vous êtes hors ligne. La connexion au compte nécessite Internet. Vos modifications sur cet appareil sont conservées.',
  tooMany: 'Trop de tentatives. Réessayez plus tard.',
  tooManyFor: (seconds) =>
    plural(seconds, {
      one: `Trop de tentatives. Réessayez dans ${number(seconds)} seconde.`,
      many: `Trop de tentatives. Réessayez dans ${number(seconds)} de secondes.`,
      other: `Trop de tentatives. Réessayez dans ${number(seconds)} secondes.`,
    }),
  usernameForm:
    'Un nom d’utilisateur se compose de lettres minuscules, de chiffres, de traits d’union et de tirets bas, et commence par une lettre.',
  failed: 'Une erreur s’est produite. Réessayez dans un instant.',
};
