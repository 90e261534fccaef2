/**
 * Compares pages that are followed on this node with the database: one question for what is public, one for what its
 * followers alone may read. What no notice told is found by it (I7), and who may not read any more (I6).
 */
import type { PublicState } from '../../../ports/public-reads.ts';
import type { Follower, Page } from './page.ts';
import type { PublicPages, UsersPages } from './sources.ts';

export interface RecheckPorts {
  publicPages: Pick<PublicPages, 'states' | 'invalidate'>;
  usersPages: Pick<UsersPages, 'states'>;
  /** Milliseconds; never goes back. */
  now(): number;
  /** They may not read the page any more. */
  lose(page: Page, lost: readonly Follower[]): void;
}

/**
 * Rejects when one of the two could not be asked; the other has been all the same.
 * @returns pages that are not as they are shown, and were told to look
 */
export async function recheck(pages: Iterable<Page>, ports: RecheckPorts): Promise<Page[]> {
  const all = [...pages];
  const parts = [
    recheckPublic(
      all.filter(({ privateTo }) => privateTo === undefined),
      ports,
    ),
    recheckPrivate(
      all.filter(({ privateTo }) => privateTo !== undefined),
      ports,
    ),
  ];
  await Promise.allSettled(parts);
  return (await Promise.all(parts)).flat();
}

async function recheckPublic(pages: readonly Page[], { publicPages, now }: RecheckPorts): Promise<Page[]> {
  if (pages.length === 0) return [];
  const differing: Page[] = [];
  const askedAt = now();
  const states = await publicPages.states(pages.map(({ followed }) => followed.slug));
  for (const page of pages) {
    const { slug, documentId } = page.followed;
    if (isAsShown(page, states.get(slug), askedAt)) continue;
    // What is held of it may be what was shown.
    publicPages.invalidate({ documentId, kind: 'changed', slug });
    void page.followed.look();
    differing.push(page);
  }
  return differing;
}

async function recheckPrivate(pages: readonly Page[], { usersPages, now, lose }: RecheckPorts): Promise<Page[]> {
  const asked = pages.flatMap((page) =>
    [...usersOf(page)].map((userId) => ({ page, slug: page.followed.slug, userId })),
  );
  if (asked.length === 0) return [];
  const askedAt = now();
  const states = await usersPages.states(asked);
  const readable = new Map<Page, PublicState>();
  const lost = new Map<Page, Set<string>>();
  for (const [index, { page, userId }] of asked.entries()) {
    const state = states[index];
    if (state) readable.set(page, state);
    else lost.set(page, (lost.get(page) ?? new Set()).add(userId));
  }
  for (const [page, users] of lost) {
    lose(
      page,
      [...page.followers].filter(({ userId }) => userId !== undefined && users.has(userId)),
    );
  }
  const differing = pages.filter((page) => !isAsShown(page, readable.get(page), askedAt));
  for (const { followed } of differing) void followed.look();
  return differing;
}

const usersOf = ({ followers }: Page) => new Set([...followers].flatMap(({ userId }) => userId ?? []));

/** Confirms what may still be read; false: it is not as it is shown. */
function isAsShown({ followed }: Page, state: PublicState | undefined, askedAt: number): boolean {
  if (state?.documentId !== followed.documentId) return followed.ended;
  followed.confirmed(askedAt);
  return state.revision <= followed.revision && state.live === followed.isLive;
}
