/** The page that makes the embed code of a document. */

export const title: string = 'Embed a document – Stet';
export const noscript: string =
  "Turn on JavaScript to make an embed code. Without it, link to the document's address, which begins with /d/.";

export const texts = {
  heading: 'Embed a document',
  lead: 'The document updates on your page as soon as you publish. No cookies, no tracking.',
  options: 'Options',
  document: 'Document',
  documentPlaceholder: 'my-document, or its address',
  /** In the code while no document is chosen. */
  documentExample: 'my-document',
  theme: { label: 'Theme', auto: 'Same as your page', light: 'Light', dark: 'Dark' },
  font: { label: 'Font', serif: 'Serif', sans: 'Sans serif', page: 'Same as your page', mono: 'Monospace' },
  size: { label: 'Size', small: 'Small', medium: 'Medium', large: 'Large' },
  width: { label: 'Preview width', wide: 'Wide', column: 'Column', phone: 'Phone' },
  colors: {
    legend: 'Custom colors',
    text: 'Text',
    background: 'Background',
    accent: 'Links and accents',
    pick: (color: string) => `${color}: choose a color`,
  },
  border: 'Border',
  missing: { label: 'If the document is not available', sentence: 'Show a sentence', nothing: 'Show nothing' },
  code: 'Embed code',
  copy: 'Copy',
  frameCode: "For sites that don't allow scripts (iframe)",
  copyFrame: 'Copy iframe',
  frameHint: 'The iframe uses the theme. Font, size and colors apply to the script only.',
  /** What stands between the names of the two kinds of hooks for style sheets. */
  styling: ['One script serves all documents on a page. To style them further, use ', ' variables and ', '.'] as [
    string,
    string,
    string,
  ],
  preview: 'Preview',
  previewEmpty: 'The preview appears here.',
  invalid: 'Addresses use lowercase letters, numbers and hyphens.',
  notFound: 'No public document has this address.',
  waiting: 'The preview appears when the document is published and public.',
  shown: (revision: number) => `Revision ${revision}. Updates here as soon as you publish.`,
};

/** The list of what can be embedded. */
export const own = {
  heading: 'Your documents',
  copy: 'Copy code',
  more: 'Show more',
  empty: 'None of your published documents is public yet.',
  signIn: 'Sign in to choose from your documents',
};
