/** The list of documents. */

export const title: string = 'Documents – Stet';

export const texts = {
  heading: 'Documents',
  create: 'New document',
  more: 'Show more',
  loading: 'Loading',
  loadFailed: "Couldn't load your documents",
  unreachable: "Couldn't reach the server. Your changes are kept on this device.",
  neverLoaded: 'Your documents have not been loaded on this device yet.',
  /** A search, or deleted documents: the copy on the device has neither. */
  notSaved: 'This list is not saved on this device.',
  savedCopy: (when: string) => `Saved copy from ${when}`,
  savedPart: (when: string) => `Saved copy from ${when}, without older documents`,
  createOffline: "Couldn't reach the server. Creating a document needs a connection.",
  signOut: 'Sign out',
  signOutFailed: "Couldn't sign out. Try again",
  deleted: (title: string) => `Deleted “${title}”`,
  restored: (title: string) => `Restored “${title}”`,
};

export const empty = {
  all: 'No documents yet. Create your first document.',
  search: 'No results',
  draft: 'No drafts',
  published: 'No published documents yet',
  scheduled: 'No scheduled documents',
  deleted: 'No deleted documents. You can restore a deleted document for 30 days.',
};

export const filters = {
  search: 'Search titles and text',
  legend: 'Filter by status',
  all: 'All',
  draft: 'Drafts',
  published: 'Published',
  scheduled: 'Scheduled',
  deleted: 'Deleted',
};

export const rows = {
  badges: {
    published: 'Published',
    'published-privately': 'Published privately',
    live: 'On air',
    scheduled: 'Scheduled',
    'read-only': 'Read-only',
  },
  scheduledFor: (when: string) => `Scheduled for ${when}`,
  revision: (number: number, when: string) => `Revision ${number}, published ${when}`,
  owner: (username: string) => `by ${username}`,
  edited: (when: string) => `Edited ${when}`,
  deleted: (when: string) => `Deleted ${when}`,
  delete: 'Delete',
  deleteTitle: (title: string) => `Delete ${title}`,
  restore: 'Restore',
  restoreTitle: (title: string) => `Restore ${title}`,
};
