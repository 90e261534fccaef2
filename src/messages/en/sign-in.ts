/** The sign-in page. */
import { number, plural } from './locale.ts';

export const title: string = 'Sign in – Stet';

export const texts = {
  /** Read aloud after the name of the site. */
  heading: ' – Sign in',
  tagline: 'Sign in to your account',
  username: 'Username',
  password: 'Password',
  submit: 'Sign in',
  submitting: 'Signing in…',
  wrong: 'Incorrect username or password.',
  unreachable: "Couldn't reach the server. Try again in a moment.",
  offline: "You're offline. Connect to the internet to sign in. Changes you made on this device are kept.",
  tooMany: 'Too many attempts. Try again later.',
  tooManyFor: (seconds: number) =>
    plural(seconds, {
      one: `Too many attempts. Try again in ${number(seconds)} second.`,
      other: `Too many attempts. Try again in ${number(seconds)} seconds.`,
    }),
  usernameForm: 'Usernames use lowercase letters, numbers, hyphens and underscores, and start with a letter.',
  failed: 'Something went wrong. Try again in a moment.',
};
