/** The dialog that publishes a document, and the button that opens it. */

export const dialog = {
  title: 'Publish',
  /** The button in the editor's header. */
  button: { unpublished: 'Publish', current: 'Published', changed: 'Update', scheduled: 'Scheduled' },
  /** The dialog's main button. */
  action: { unpublished: 'Publish now', current: 'Published', changed: 'Publish changes' },
  unpublish: 'Unpublish',
  history: 'History',
  embed: 'Embed',
  embedUnavailable: "Couldn't load the embed codes. Check your connection and try again.",
  waiting: 'Saving your latest changes…',
  overtaken: 'Someone just changed this document. Review the changes, then publish again.',
  confirmUnpublish: {
    title: 'Unpublish this document?',
    text: 'Readers can no longer open it. The draft and its revisions are kept, and you can publish again.',
    action: 'Unpublish',
  },
  confirmLoadAgain: {
    title: "Couldn't load the publish dialog",
    text: 'Publishing needs a connection. Your text is kept.',
    action: 'Try again',
  },
  confirmIncomplete: { text: 'You can publish it as it is, or go back and complete it.', action: 'Publish anyway' },
  summary: 'Summary',
  summaryPlaceholder: 'Describe the document in a sentence or two',
};

export const state = {
  unpublished: 'Not published yet',
  live: 'On air. Readers see the draft as you write it.',
  current: {
    public: (revision: number, when: string) =>
      `Revision ${revision}, published ${when}. Readers see the latest version.`,
    private: (revision: number, when: string) =>
      `Revision ${revision}, published ${when}. Only people you share it with can see it.`,
  },
  changed: (revision: number, when: string) =>
    `Revision ${revision}, published ${when}. The draft has unpublished changes.`,
};

/** What the dialog shows after a publication. */
export const published = {
  title: 'Published',
  public: 'Anyone with the link can read it.',
  private: 'Only people you share it with can open it. Everyone else gets “Page not found”.',
  copyLink: 'Copy link',
  qrCode: 'QR code of the link',
  qrHint: 'Scan it to open the page on a phone.',
  view: 'View page',
  settings: 'Back to settings',
};

/** How the draft differs from what readers see. */
export const compare = {
  button: 'Compare with published',
  title: 'Unpublished changes',
  loading: 'Comparing…',
  explained: (revision: number) => `Changes in the draft since revision ${revision}, the published version.`,
  unavailable: "Couldn't load this. Check your connection and try again.",
};

/** The draft as readers would see it. */
export const preview = {
  button: 'Preview',
  title: 'Preview',
  loading: 'Loading the preview…',
  views: 'Show as',
  desktop: 'Desktop',
  phone: 'Phone',
  card: 'Social card',
  page: 'The page as readers see it',
  cardHint: 'How the link can look in messages and social networks.',
  privateCard: 'Social networks show nothing of a private document.',
  unavailable: "Couldn't load the preview. Check your connection and try again.",
};

/** Why nothing can be published at the moment. */
export const obstacles = {
  offline: "You're offline. Publishing needs a connection.",
  offlineUnsaved: "You're offline. Your changes have to be saved before you can publish.",
  signedOut: "You're signed out. Sign in again to publish.",
  notSaved: (reason: string) => `Some changes are not saved. ${reason}`,
  readOnly: "You can view this document, but you can't publish it.",
  denied: 'You no longer have access.',
};

export const address = {
  label: 'Address',
  copy: 'Copy link',
  change: 'Change',
  redirects: 'The old address redirects to the new one.',
  confirmStyle: 'Change the address?',
  followsTitle: 'The address follows the title until you publish.',
  style: { unicode: 'Use Latin letters', ascii: 'Use the letters of the title' },
  taken: 'This address is already in use. Choose another one.',
  invalid: 'Addresses use letters, numbers and hyphens.',
  unpublished: 'Readers can open this address once the document is published.',
  unreachable: "Couldn't reach the server. Nothing was changed.",
};

export const visibility = {
  /** Before the first publication. */
  question: 'Who can read this document?',
  legend: 'Visibility',
  choose: 'Choose Public or Private before you publish.',
  public: { name: 'Public', text: 'Anyone with the link can read it. Feeds and search engines list it.' },
  private: { name: 'Private', text: 'Only people you share it with can read it.' },
  is: (name: string) => `Visibility: ${name}`,
  unreachable: "Couldn't reach the server. Nothing was changed.",
};

/** What readers would miss. */
export const missing = {
  title: 'This document has no title.',
  text: 'This document is empty.',
  both: 'This document has no title and no text.',
};

export const language = { label: 'Language' };

export const live = {
  label: 'Live',
  published: 'Readers see the draft as you write it.',
  unpublished: 'Once published, readers see the draft as you write it.',
};

/** The bar above the text of a document whose draft readers see. */
export const onAir = {
  label: 'On air',
  /** The number of readers, `214 readers`; null: not known yet. */
  is: (readers: string | null) => (readers === null ? 'On air' : `On air · ${readers}`),
  explained: 'Readers see every change as you type.',
  end: 'Stop live updates',
  ended: (revision: number) => `Live updates are off. Readers see revision ${revision}.`,
  endedChanged: (revision: number) =>
    `Live updates are off. Readers see revision ${revision}; your later changes are not published.`,
  undo: 'Turn live updates back on',
};

export const schedule = {
  later: 'Schedule for later',
  change: 'Change the time',
  label: 'Date and time',
  submit: 'Schedule',
  zone: (zone: string) => `Your time zone is ${zone}. The draft is published as it is at that time.`,
  inPast: 'Choose a time in the future.',
  pending: (when: string) => `Scheduled for ${when}`,
  cancel: 'Cancel schedule',
};

export const readership = {
  label: 'Readers',
  today: 'today',
  perDay: 'readers per day',
  perDayOf: (days: number) => `Readers per day, last ${days} days`,
  readersToday: (readers: string) => `${readers} today`,
  day: (day: string, readers: string) => `${day}: ${readers}`,
};
