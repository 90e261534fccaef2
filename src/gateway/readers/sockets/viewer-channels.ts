/**
 * The channels that viewers subscribe to: published documents, public ones and those that a viewer's user may read, with the
 * drafts of live ones. What goes to all viewers of a channel goes to its room.
 */
import type { ViewedRevision } from '../../../../schemas/viewer.ts';
import type { ChangeFeed } from '../../../ports/changes.ts';
import { DraftDisplay, type DraftDisplayPorts, type DraftMessage } from '../../../published/draft-display.ts';
import type { PublicationChannel, RevisionEncoder } from '../../../published/publication-channel.ts';
import { PublicationChannels, type PublicationChannelsOptions } from '../../../published/publication-channels.ts';
import type { UserReads } from '../../../published/publication-sources.ts';

export type ViewerChannel = PublicationChannel<ViewedRevision>;
export type ViewerChannels = PublicationChannels<ViewedRevision>;

/** An event of the viewer protocol and its body. */
export type RoomMessage = ['revision', ViewedRevision] | DraftMessage;

export interface ViewerChannelsOptions
  extends Omit<PublicationChannelsOptions<ViewedRevision>, 'encoder' | 'keepUnused' | 'opened'> {
  userReads: UserReads;
  changes: ChangeFeed;
  /** To all sockets in a room. */
  send(room: string, ...message: RoomMessage): void;
  openDraft: DraftDisplayPorts['open'];
}

/** Looks at what changed that may fail before drafts are withheld. */
const FAILED_LOOKS = 2;

const encoder: RevisionEncoder<ViewedRevision> = {
  encode: ({ documentId, slug, revision, title, summary, html, publishedAt, language }) => ({
    slug,
    id: documentId,
    revision,
    title,
    summary,
    html,
    publishedAt,
    language,
  }),
  lengthOf: ({ html }) => html.length,
};

export const roomOf = ({ id }: Pick<ViewerChannel, 'id'>): string => `page:${id}`;

export function createViewerChannels({ send, openDraft, ...options }: ViewerChannelsOptions): ViewerChannels {
  return new PublicationChannels({
    ...options,
    encoder,
    // A draft is followed at its owner for as long as somebody reads it.
    keepUnused: false,
    opened(channel, publication) {
      const room = roomOf(channel);
      channel.listeners.add((revision) => send(room, 'revision', revision));
      channel.draft = new DraftDisplay(publication, {
        open: openDraft,
        send: (...message) => send(room, ...message),
        confirmedForMs: options.changes.pollMs * FAILED_LOOKS,
        now: options.now,
      });
    },
  });
}
