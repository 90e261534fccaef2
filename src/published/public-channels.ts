/**
 * The channels of public documents, for widgets and event streams, whose readers are not signed in. Their revisions, and the drafts
 * of live documents, are JSON (`schemas/widget.ts`), encoded once for both. They read what is public and nothing else (I6).
 */
import type { Live, LiveText } from '../../schemas/viewer.ts';
import type { WidgetGone, WidgetLive, WidgetRevision, WidgetSettled } from '../../schemas/widget.ts';
import type { ChangeFeed } from '../ports/changes.ts';
import { type DraftMessage, type OpenDraftOf, showDraft } from './draft-display.ts';
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
  openDraft: OpenDraftOf;
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

/** A change is encoded once, however many it is sent to. */
const encoded = new WeakMap<object, EncodedDraft>();

export function encodeDraft(message: DraftMessage): EncodedDraft {
  const [, body] = message;
  const present = encoded.get(body);
  if (present !== undefined) return present;
  const sent = forWidgets(message);
  const made = { type: sent.type, json: JSON.stringify(sent) };
  encoded.set(body, made);
  return made;
}

function forWidgets([type, body]: DraftMessage): WidgetLive | WidgetSettled {
  const { slug: document, ...change } = body;
  return type === 'settled' ? { type, document } : { type, document, ...(change as Omit<Live, 'slug'>) };
}

/** All of a text: what is the same under every name of its document, and the messages by name (I9: those are few). */
interface EncodedText {
  readonly rest: string;
  readonly bySlug: Map<string, EncodedDraft>;
}

/** The names of a document share a text. */
const encodedTexts = new WeakMap<LiveText, EncodedText>();

/** The whole draft that a channel shows at the moment; undefined: none, or it follows. */
export function wholeDraft({ slug, draft }: PublicationChannel<EncodedRevision>): EncodedDraft | undefined {
  const text = draft?.text;
  if (!text) return undefined;
  const { rest, bySlug } = encodedTexts.get(text) ?? { rest: JSON.stringify(fromNothing(text)), bySlug: new Map() };
  const whole = bySlug.get(slug) ?? { type: 'live', json: `{"document":${JSON.stringify(slug)},${rest.slice(1)}` };
  encodedTexts.set(text, { rest, bySlug: bySlug.set(slug, whole) });
  return whole;
}

const fromNothing = ({ seq, title, summary, blocks }: LiveText): Omit<WidgetLive, 'document'> => ({
  type: 'live',
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
