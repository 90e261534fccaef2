/** The page with a document's history: writing sessions and published revisions. */
import { number, plural } from './locale.ts';

export const title: string = 'History – Stet';

export const texts = {
  documentTitle: (title: string) => `History of ${title} – Stet`,
  heading: 'History',
  back: 'Back to the draft',
  noAccess: {
    title: "You don't have access",
    text: "The document may have been deleted, or its owner hasn't shared it with you.",
  },
  loadFailed: "Couldn't load the history",
  offline:
    "Couldn't reach the server. The history needs a connection. You can keep writing: the draft is kept on this device.",
  none: { title: 'No history yet', text: 'The history lists who wrote and when, starting with the first edit.' },
  /** The draft was edited after the page was loaded. */
  newer: 'There are newer edits.',
  showNewer: 'Show them',
};

export const timeline = {
  label: 'Writing sessions and revisions',
  older: 'Show older',
  edits: (count: number) => plural(count, { one: `${number(count)} edit`, other: `${number(count)} edits` }),
  others: (count: number) => plural(count, { one: `${number(count)} other`, other: `${number(count)} others` }),
  /** An author who is not known any more. */
  unknown: 'Unknown author',
  revision: (number: number) => `Revision ${number}`,
  published: (when: string, username: string) => `Published ${when} by ${username}`,
  current: 'Current',
};

export const moment = {
  /** The slider that goes through the edits of a session. */
  slider: 'Edit',
  previous: 'Previous edit',
  next: 'Next edit',
  edit: (index: number, count: number) => `Edit ${number(index)} of ${number(count)}`,
  by: (when: string, username: string) => `${when} by ${username}`,
  show: 'Show',
  views: {
    session: 'Changes in this session',
    sinceRevision: (number: number) => `Changes since revision ${number}`,
    sinceStart: 'Changes since the start',
    text: 'Full text',
    now: 'Compare with the current draft',
    published: (number: number) => `Compare with the published version (revision ${number})`,
    revision: (number: number) => `Compare with revision ${number}`,
  },
  /** What a comparison goes from and to. */
  toNow: 'Changes from this version to the current draft',
  toRevision: (number: number) => `Changes from this version to revision ${number}`,
  fromRevision: (number: number) => `Changes from revision ${number} to this version`,
  added: (count: number) =>
    plural(count, { one: `${number(count)} word added`, other: `${number(count)} words added` }),
  removed: (count: number) =>
    plural(count, { one: `${number(count)} word removed`, other: `${number(count)} words removed` }),
  empty: 'The text was empty.',
  loadFailed: "Couldn't load this version.",
};

export const restore = {
  action: 'Restore this version',
  confirm: {
    title: 'Restore this version?',
    action: 'Restore',
  },
  unpublished: 'The draft changes back to this version. This is a new edit: nothing is lost, and nothing is published.',
  live: 'The draft changes back to this version. This is a new edit: nothing is lost. The document is live: readers see the change at once.',
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
