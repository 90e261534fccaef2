/** The texts that the server writes, in Spanish. */
export { name as product, noscript, untitled } from './common.ts';
export { LOCALE as locale } from './locale.ts';
export { title as missingTitle } from './missing.ts';
export { notices } from './notices.ts';
export { page, updated } from './reading.ts';
export { title as signInTitle } from './sign-in.ts';
