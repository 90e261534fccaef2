/** The texts that the server writes, in Spanish. */
export { actions, name as product, noscript, untitled } from './common.ts';
export { home } from './home.ts';
export { LOCALE as locale } from './locale.ts';
export { notices } from './notices.ts';
export { page, updated } from './reading.ts';
export { title as signInTitle } from './sign-in.ts';
export { missing } from './widget.ts';
