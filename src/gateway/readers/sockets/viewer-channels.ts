/**
 * The channels that viewers subscribe to: published documents, public ones and those that a viewer's user may read, with the
 * drafts of live ones. What goes to all viewers of a channel goes to its room.
 */
import type { ViewedRevision } from '../../../../schemas/viewer.ts';
import type { ChangeFeed } from '../../../ports/changes.ts';
import { type DraftMessage, type OpenDraftOf, showDraft } from '../../../published/draft-display.ts';
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
  openDraft: OpenDraftOf;
}

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

/** Milliseconds between two changes of a draft at least: four in any second at most, for timers may be early. */
export const DRAFT_PACE_MS = 255;

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
      channel.draftListeners.add((message) => send(room, ...message));
      showDraft(channel, publication, { ...options, openDraft });
    },
  });
}
