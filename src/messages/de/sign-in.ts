/** The sign-in page, in German. */
import type * as english from '../en/sign-in.ts';
import { number, plural } from './locale.ts';

export const title: typeof english.title = 'Anmelden – Stet';

export const texts: typeof english.texts = {
  heading: ' – Anmelden',
  tagline: 'Melden Sie sich mit Ihrem Konto an',
  username: 'Benutzername',
  password: 'Passwort',
  submit: 'Anmelden',
  submitting: 'Anmeldung läuft…',
  wrong: 'Benutzername oder Passwort ist falsch.',
  unreachable: 'Der Server ist nicht erreichbar. Versuchen Sie es gleich noch einmal.',
  offline:
    'Sie sind offline. Zum Anmelden brauchen Sie eine Internetverbindung. Änderungen auf diesem Gerät bleiben erhalten.',
  tooMany: 'Zu viele Versuche. Versuchen Sie es später noch einmal.',
  tooManyFor: (seconds) =>
    plural(seconds, {
      one: `Zu viele Versuche. Versuchen Sie es in ${number(seconds)} Sekunde noch einmal.`,
      other: `Zu viele Versuche. Versuchen Sie es in ${number(seconds)} Sekunden noch einmal.`,
    }),
  usernameForm:
    'Benutzernamen bestehen aus Kleinbuchstaben, Ziffern, Binde- und Unterstrichen und beginnen mit einem Buchstaben.',
  failed: 'Etwas ist schiefgelaufen. Versuchen Sie es gleich noch einmal.',
};
