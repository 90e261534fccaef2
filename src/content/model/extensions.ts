/**
 * What a text may consist of, as the editor's library says it. The set of nodes and marks is the schema of `body` in
 * every draft: editors delete what they do not know, so nothing may be taken out of it while drafts hold it. The editor
 * adds how it behaves to this, and no node or mark.
 */
import type { Extensions } from '@tiptap/core';
import { Blockquote } from '@tiptap/extension-blockquote';
import { Bold } from '@tiptap/extension-bold';
import { Code } from '@tiptap/extension-code';
import { CodeBlock } from '@tiptap/extension-code-block';
import { Document } from '@tiptap/extension-document';
import { HardBreak } from '@tiptap/extension-hard-break';
import { Heading } from '@tiptap/extension-heading';
import { HorizontalRule } from '@tiptap/extension-horizontal-rule';
import { Italic } from '@tiptap/extension-italic';
import { Link } from '@tiptap/extension-link';
import { BulletList } from '@tiptap/extension-list/bullet-list';
import { ListItem } from '@tiptap/extension-list/item';
import { OrderedList } from '@tiptap/extension-list/ordered-list';
import { Paragraph } from '@tiptap/extension-paragraph';
import { Strike } from '@tiptap/extension-strike';
import { Text } from '@tiptap/extension-text';
import { linkHref } from './link.ts';
import { TABLE_NODES } from './table-nodes.ts';

/** In the order of TipTap's starter kit: marks that stand on the same text nest by it. */
export const CONTENT: Extensions = [
  Bold,
  Blockquote,
  BulletList,
  Code,
  CodeBlock,
  Document,
  HardBreak,
  Heading.configure({ levels: [2, 3] }),
  HorizontalRule,
  Italic,
  ListItem,
  Link.configure({
    defaultProtocol: 'https',
    HTMLAttributes: { rel: 'noopener nofollow' },
    isAllowedUri: (href) => linkHref(href) !== null,
    // A link in a text that is written is text first.
    openOnClick: 'whenNotEditable',
  }),
  OrderedList,
  Paragraph,
  Strike,
  Text,
  ...TABLE_NODES,
];
