/** Texts that several pages share. Each export is taken on its own: a page carries only those that it imports. */
import { number, plural } from './locale.ts';

export const name: string = 'Stet';
/** Shown instead of a title that is empty. */
export const untitled: string = 'Untitled';

/** For browsers without JavaScript. */
export const noscript: string = 'Turn on JavaScript to use Stet.';

export const actions = {
  cancel: 'Cancel',
  close: 'Close',
  done: 'Done',
  undo: 'Undo',
  tryAgain: 'Try again',
  signIn: 'Sign in',
  yourDocuments: 'Your documents',
  homePage: 'Home page',
};

/** A button that copies. */
export const copy = {
  copied: 'Copied',
  /** Shown where the browser gives no clipboard: the text is selected. */
  byHand: 'Selected – copy it now',
};

export const times = { justNow: 'just now' };

export const counts = {
  views: (count: number) => plural(count, { one: `${number(count)} view`, other: `${number(count)} views` }),
  readers: (count: number) => plural(count, { one: `${number(count)} reader`, other: `${number(count)} readers` }),
};
