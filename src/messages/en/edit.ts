/** The editor page. The dialog that publishes has its own catalogue (publish.ts). */
import { number, plural } from './locale.ts';

export const title: string = 'Stet';

export const page = {
  documentTitle: (title: string) => `${title} – Stet`,
  home: 'Documents',
  share: 'Share',
  coAuthors: 'Also in this document',
  title: 'Title',
  text: 'Text',
  placeholder: 'Start writing…',
  emptyReadOnly: 'This document is empty.',
  words: (count: number) => plural(count, { one: `${number(count)} word`, other: `${number(count)} words` }),
};

export const status = {
  opening: 'Opening…',
  saved: 'Saved',
  savedAt: (when: string) => `Saved · ${when}`,
  saving: 'Saving…',
  connecting: 'Connecting…',
  offline: 'Offline',
  offlineKept: 'Offline – changes kept on this device',
  offlineOpen: 'Offline – keep this page open',
  signedOut: 'Signed out',
  signedOutKept: 'Signed out – changes kept on this device',
  signedOutOpen: 'Signed out – keep this page open',
  notSaved: (reason: string) => `Not saved. ${reason}`,
  partNotSaved: (size: string, reason: string) => `Part of the text (${size}) is not saved. ${reason}`,
  kilobytes: (size: number) => `${number(size)} KB`,
  megabytes: (size: number) => `${number(size)} MB`,
  readOnly: 'Read-only',
  denied: 'You no longer have access',
};

/** Notices that stand where the text would be, and the banner above it. */
export const notices = {
  invalidAddress: { title: 'Page not found', text: 'This is not the address of a document.' },
  unreachable: {
    title: "Couldn't reach the server",
    text: 'Opening a document for the first time on this device needs a connection.',
  },
  notOnDevice: "This document hasn't been opened on this device yet. It opens when the server can be reached.",
  noAccess: {
    title: "You don't have access",
    text: "The document may have been deleted, or its owner hasn't shared it with you.",
  },
  accessEnded: {
    title: 'You no longer have access',
    text: 'The owner removed your access. Everything that was saved is kept.',
  },
  sessionEnded: 'Your session has expired. Your changes are kept on this device.',
  sessionEndedOpen: 'Your session has expired. Keep this page open and sign in in another tab.',
};

export const toolbar = {
  label: 'Formatting',
  /** Of the buttons for the table that the cursor is in. */
  tableLabel: 'Table',
  /** A button's label with its shortcut. */
  withKeys: (label: string, keys: string) => `${label} (${keys})`,
  commands: {
    bold: 'Bold',
    italic: 'Italic',
    link: 'Link',
    strike: 'Strikethrough',
    code: 'Code',
    paragraph: 'Paragraph',
    heading: 'Heading',
    subheading: 'Subheading',
    bullets: 'Bulleted list',
    numbers: 'Numbered list',
    quote: 'Quote',
    codeBlock: 'Code block',
    table: 'Table',
    rule: 'Divider',
    rowAbove: 'Add row above',
    rowBelow: 'Add row below',
    columnBefore: 'Add column before',
    columnAfter: 'Add column after',
    headerRow: 'Header row',
    deleteRow: 'Delete row',
    deleteColumn: 'Delete column',
    deleteTable: 'Delete table',
    undo: 'Undo',
    redo: 'Redo',
    find: 'Find',
    replace: 'Find and replace',
    history: 'History',
    shortcuts: 'Keyboard shortcuts',
  },
};

export const slashMenu = {
  label: 'Insert',
  /** Other words that find a command, besides its label. */
  words: {
    bold: 'strong',
    italic: 'emphasis',
    link: 'url web address',
    strike: 'delete',
    code: 'monospace',
    paragraph: 'text plain',
    heading: 'h2 title',
    subheading: 'h3 title',
    bullets: 'unordered ul',
    numbers: 'ordered ol',
    quote: 'blockquote citation',
    codeBlock: 'pre program',
    table: 'grid rows columns',
    rule: 'horizontal line hr separator',
    rowAbove: 'insert before',
    rowBelow: 'insert after',
    columnBefore: 'insert left',
    columnAfter: 'insert right',
    headerRow: 'head',
    deleteRow: 'remove',
    deleteColumn: 'remove',
    deleteTable: 'remove',
  },
};

export const paste = {
  files: "Files can't be added to documents yet.",
  waiting: 'Pasting…',
  unconverted: "Pasted as plain text: the formatting couldn't be loaded.",
};

export const findBar = {
  label: 'Find and replace',
  find: 'Find',
  replace: 'Replace with',
  caseSensitive: 'Match case',
  wholeWord: 'Whole word',
  previous: 'Previous match',
  next: 'Next match',
  /** Opens the fields for it. */
  showReplace: 'Replace…',
  replaceOne: 'Replace',
  replaceAll: 'Replace all',
  none: 'No matches',
  at: (index: number, count: string) => `${number(index)} of ${count}`,
  count: (count: number) => plural(count, { one: `${number(count)} match`, other: `${number(count)} matches` }),
  /** More than are counted. */
  many: (count: number) => `${number(count)}+`,
  manyMatches: (count: number) => `${number(count)}+ matches`,
  replaced: (count: number) => plural(count, { one: `${number(count)} replaced`, other: `${number(count)} replaced` }),
};

export const linkDialog = {
  title: 'Link',
  address: 'Address',
  invalid: 'Enter a web or email address.',
  remove: 'Remove link',
  apply: 'Apply',
};

export const shareDialog = {
  title: 'Share',
  username: 'Username',
  share: 'Share',
  permission: 'Permission',
  permissionOf: (username: string) => `Permission for ${username}`,
  levels: { view: 'Can view', edit: 'Can edit', own: 'Owner' },
  you: ' (you)',
  remove: (username: string) => `Remove ${username}`,
  unreachable: "Couldn't reach the server. Nothing was changed.",
  noUser: (username: string) => `No user named “${username}”`,
};
