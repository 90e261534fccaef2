/**
 * Compares publication channels with the database: one question for the public ones, one for what the subscribers of private
 * ones may read. Finds what no notice said (I7), and who may not read a document any more (I6).
 */
import type { PublicState } from '../ports/public-reads.ts';
import type { PublicationChannel, RevisionMessage } from './publication-channel.ts';
import type { PublicPages, UserReads } from './publication-sources.ts';

export interface RecheckPorts {
  publicPages: Pick<PublicPages, 'states' | 'invalidate'>;
  /** Undefined: there are no private channels. */
  userReads: Pick<UserReads, 'states'> | undefined;
  /** Milliseconds; never goes back. */
  now(): number;
}

/**
 * Rejects when one of the two questions failed; the other was asked all the same.
 * @returns channels that differ from the database, and look by now
 */
export async function recheck<Message extends RevisionMessage>(
  channels: Iterable<PublicationChannel<Message>>,
  { publicPages, userReads, now }: RecheckPorts,
): Promise<PublicationChannel<Message>[]> {
  const all = [...channels];
  const parts = [
    recheckPublic(
      all.filter(({ isPrivate }) => !isPrivate),
      publicPages,
      now,
    ),
    userReads
      ? recheckPrivate(
          all.filter(({ isPrivate }) => isPrivate),
          userReads,
          now,
        )
      : [],
  ];
  await Promise.allSettled(parts);
  return (await Promise.all(parts)).flat();
}

async function recheckPublic<Message extends RevisionMessage>(
  channels: readonly PublicationChannel<Message>[],
  pages: RecheckPorts['publicPages'],
  now: RecheckPorts['now'],
): Promise<PublicationChannel<Message>[]> {
  if (channels.length === 0) return [];
  const differing: PublicationChannel<Message>[] = [];
  const askedAt = now();
  const states = await pages.states(channels.map(({ slug }) => slug));
  for (const channel of channels) {
    const { slug, documentId } = channel;
    if (isUpToDate(channel, states.get(slug), askedAt)) continue;
    // The cache may hold what the channel has.
    pages.invalidate({ documentId, kind: 'changed', slug });
    void channel.look();
    differing.push(channel);
  }
  return differing;
}

async function recheckPrivate<Message extends RevisionMessage>(
  channels: readonly PublicationChannel<Message>[],
  pages: Pick<UserReads, 'states'>,
  now: RecheckPorts['now'],
): Promise<PublicationChannel<Message>[]> {
  const names = channels.flatMap((channel) =>
    [...channel.users()].map((userId) => ({ channel, slug: channel.slug, userId })),
  );
  if (names.length === 0) return [];
  const askedAt = now();
  const states = await pages.states(names);
  const readable = new Map<PublicationChannel<Message>, PublicState>();
  const revoked = new Map<PublicationChannel<Message>, Set<string>>();
  for (const [index, { channel, userId }] of names.entries()) {
    const state = states[index];
    if (state?.documentId === channel.documentId) readable.set(channel, state);
    else revoked.set(channel, (revoked.get(channel) ?? new Set()).add(userId));
  }
  for (const [channel, users] of revoked) channel.withdrawFrom(users);
  const differing = channels.filter((channel) => !isUpToDate(channel, readable.get(channel), askedAt));
  for (const channel of differing) void channel.look();
  return differing;
}

/** Confirms what may still be read; false: the channel differs from the database. */
function isUpToDate<Message extends RevisionMessage>(
  channel: PublicationChannel<Message>,
  state: PublicState | undefined,
  askedAt: number,
): boolean {
  if (state?.documentId !== channel.documentId) return channel.isClosed;
  channel.confirm(askedAt);
  return state.revision <= channel.revision && state.live === channel.isLive;
}
