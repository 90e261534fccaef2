/**
 * The channels of public documents, for widgets and event streams, whose readers are not signed in. Their revisions, and the drafts
 * of live documents, are JSON (`schemas/widget.ts`), encoded once for both. They read what is public and nothing else (I6).
 */
import type { Live, LiveText } from '../../schemas/viewer.ts';
import type { WidgetGone, WidgetLive, WidgetRevision, WidgetSettled } from '../../schemas/widget.ts';
import type { ChangeFeed } from '../ports/changes.ts';
import { type DraftDisplayPorts, type DraftMessage, showDraft } from './draft-display.ts';
import type { PublicationChannel, RevisionEncoder } from './publication-channel.ts';
import { PublicationChannels, type PublicationChannelsOptions } from './publication-channels.ts';

export interface EncodedRevision {
  readonly documentId: string;
  readonly revision: number;
  readonly json: string;
}

export type PublicChannels = PublicationChannels<EncodedRevision>;

export interface PublicChannelsOptions
  extends Omit<PublicationChannelsOptions<EncodedRevision>, 'userReads' | 'encoder' | 'keepUnused' | 'now'> {
  changes: ChangeFeed;
  openDraft: DraftDisplayPorts['open'];
}

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

/** A message of the widget protocol about the draft of a live document. */
export interface EncodedDraft {
  readonly type: DraftMessage[0];
  readonly json: string;
}

/** A change or text is encoded once, however many it is sent to. */
const encoded = new WeakMap<object, EncodedDraft>();

function encodedOnce(of: object, messageOf: () => WidgetLive | WidgetSettled): EncodedDraft {
  const present = encoded.get(of);
  if (present !== undefined) return present;
  const message = messageOf();
  const made = { type: message.type, json: JSON.stringify(message) };
  encoded.set(of, made);
  return made;
}

export const encodeDraft = (message: DraftMessage): EncodedDraft => encodedOnce(message[1], () => forWidgets(message));

function forWidgets([type, body]: DraftMessage): WidgetLive | WidgetSettled {
  const { slug: document, ...change } = body;
  return type === 'settled' ? { type, document } : { type, document, ...(change as Omit<Live, 'slug'>) };
}

/** The whole draft that a channel shows at the moment; undefined: none, or it follows. */
export function wholeDraft({ slug, draft }: PublicationChannel<EncodedRevision>): EncodedDraft | undefined {
  const text = draft?.text;
  return text ? encodedOnce(text, () => fromNothing(slug, text)) : undefined;
}

const fromNothing = (document: string, { seq, title, summary, blocks }: LiveText): WidgetLive => ({
  type: 'live',
  document,
  seq,
  base: null,
  title,
  summary,
  splices: [{ at: 0, remove: 0, blocks }],
});

export function createPublicChannels(options: PublicChannelsOptions): PublicChannels {
  const now = () => performance.now();
  return new PublicationChannels({
    ...options,
    encoder,
    keepUnused: true,
    now,
    opened(channel, publication) {
      showDraft(channel, publication, { ...options, now });
      options.opened?.(channel, publication);
    },
  });
}
