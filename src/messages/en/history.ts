/** The page with a document's published revisions. */
import { number, plural } from './locale.ts';

export const title: string = 'Revisions – Stet';

export const texts = {
  documentTitle: (title: string) => `Revisions of ${title} – Stet`,
  heading: 'Revisions',
  older: 'Show older revisions',
  current: 'Current',
  publishedBy: (username: string) => ` by ${username}`,
  revision: (number: number) => `Revision ${number}`,
  inFull: 'full text',
  comparedWith: 'compared with',
  back: 'Back to the draft',
  restore: 'Restore this version',
  confirmRestore: (number: number) => ({
    title: `Restore revision ${number}?`,
    text: `The draft changes back to revision ${number}. This is a new edit: nothing is lost, and nothing is published.`,
    action: 'Restore',
  }),
  noAccess: {
    title: "You don't have access",
    text: "The document may have been deleted, or its owner hasn't shared it with you.",
  },
  loadFailed: "Couldn't load the revisions",
  none: { title: 'Not published yet', text: 'A revision is saved each time you publish the document.' },
};

export const diff = {
  added: 'Added: ',
  removed: 'Removed: ',
  changed: 'Changed: ',
  unchanged: (count: number) =>
    plural(count, { one: `${number(count)} unchanged block`, other: `${number(count)} unchanged blocks` }),
  same: 'No differences',
  title: 'Title',
  summary: 'Summary',
};
