/**
 * What a text may consist of, as the editor's library says it. The set of nodes and marks is the schema of `body` in
 * every draft: editors delete what they do not know, so nothing may be taken out of it while drafts hold it. The editor
 * adds how it behaves to this, and no node or mark.
 */
import { StarterKit } from '@tiptap/starter-kit';
import { linkHref } from './link.ts';

export { TABLE_NODES } from './table-nodes.ts';

export const CONTENT = StarterKit.configure({
  undoRedo: false,
  underline: false,
  // Would write into the draft of whoever merely opens it.
  trailingNode: false,
  heading: { levels: [2, 3] },
  link: {
    defaultProtocol: 'https',
    HTMLAttributes: { rel: 'noopener nofollow' },
    isAllowedUri: (href) => linkHref(href) !== null,
  },
});
