/** The texts that the server writes. */
export { actions, name as product, noscript, untitled } from './common.ts';
export { title as editTitle } from './edit.ts';
export { noscript as embedNoscript, title as embedTitle } from './embed.ts';
export { title as historyTitle } from './history.ts';
export { home } from './home.ts';
export { title as listTitle } from './list.ts';
export { LOCALE as locale } from './locale.ts';
export { notices } from './notices.ts';
export { page, updated } from './reading.ts';
export { title as signInTitle } from './sign-in.ts';
export { missing } from './widget.ts';
