/**
 * The channels of public documents, for widgets and event streams, whose readers are not signed in. Their revisions are JSON
 * (`schemas/widget.ts`), encoded once for both. They read what is public and nothing else (I6).
 */
import type { WidgetGone, WidgetRevision } from '../../schemas/widget.ts';
import type { RevisionEncoder } from './publication-channel.ts';
import { PublicationChannels, type PublicationChannelsOptions } from './publication-channels.ts';

export interface EncodedRevision {
  readonly documentId: string;
  readonly revision: number;
  readonly json: string;
}

export type PublicChannels = PublicationChannels<EncodedRevision>;

export type PublicChannelsOptions = Omit<
  PublicationChannelsOptions<EncodedRevision>,
  'userReads' | 'encoder' | 'keepUnused' | 'now'
>;

const encoder: RevisionEncoder<EncodedRevision> = {
  encode({ documentId, slug, revision, title, summary, html, author, publishedAt, language }) {
    const message: WidgetRevision = {
      type: 'revision',
      document: slug,
      id: documentId,
      revision,
      title,
      summary,
      html,
      author,
      publishedAt,
      language,
    };
    return { documentId, revision, json: JSON.stringify(message) };
  },
  lengthOf: ({ json }) => json.length,
};

/** What is sent of a document that is not there, or not any more. */
export const goneMessage = (slug: string): string =>
  JSON.stringify({ type: 'gone', document: slug } satisfies WidgetGone);

export const createPublicChannels = (options: PublicChannelsOptions): PublicChannels =>
  new PublicationChannels({ ...options, encoder, keepUnused: true, now: () => performance.now() });
