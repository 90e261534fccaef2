// Followed pages compared with the database, without sockets: how much is asked, and what comes of the answers.
import test from 'ava';
import type { Page } from '../../../../src/gateway/readers/sockets/page.ts';
import { type RecheckPorts, recheck } from '../../../../src/gateway/readers/sockets/recheck.ts';
import type { PublicState } from '../../../../src/ports/public-reads.ts';

const stateOf = (slug: string, more: Partial<PublicState> = {}): PublicState => ({
  documentId: `id of ${slug}`,
  slug,
  revision: 3,
  live: false,
  ...more,
});

/** What the database says of names, and, when they are private, to whom. */
interface Database {
  public: Record<string, PublicState>;
  private: Record<string, readonly string[]>;
}

function worldOf(database: Database) {
  const happened: string[] = [];
  const page = (slug: string, ...users: string[]): Page => ({
    followed: {
      ...stateOf(slug),
      isLive: false,
      ended: false,
      confirmed: (askedAt: number) => void happened.push(`${slug} confirmed ${askedAt}`),
      look: () => void happened.push(`look at ${slug}`),
    } as unknown as Page['followed'],
    privateTo: users.length > 0 ? `id of ${slug}` : undefined,
    followers: new Set(users.map((userId) => ({ userId, lost: () => undefined }))),
  });
  let now = 0;
  const ports: RecheckPorts = {
    publicPages: {
      async states(slugs) {
        happened.push(`ask for ${slugs.join(', ')}`);
        now += 10;
        return new Map(slugs.flatMap((slug) => (database.public[slug] ? [[slug, database.public[slug]]] : [])));
      },
      invalidate: ({ slug }) => void happened.push(`forget ${slug}`),
    },
    usersPages: {
      async states(asked) {
        happened.push(`ask for ${asked.map(({ slug, userId }) => `${slug} for ${userId}`).join(', ')}`);
        return asked.map(({ slug, userId }) => (database.private[slug]?.includes(userId) ? stateOf(slug) : undefined));
      },
    },
    now: () => now,
    lose(lostOf, lost) {
      for (const { userId } of lost) happened.push(`${userId} loses ${lostOf.followed.slug}`);
    },
  };
  return { happened, page, ports };
}

test('I9 all that is public is one question, and what is as it is shown is not looked at', async (t) => {
  const { happened, page, ports } = worldOf({ public: { a: stateOf('a'), b: stateOf('b') }, private: {} });
  await recheck([page('a'), page('b')], ports);
  t.deepEqual(happened, ['ask for a, b', 'a confirmed 0', 'b confirmed 0']);
});

test('I6 I7 what has changed is forgotten and looked at; what cannot be read by all is not confirmed', async (t) => {
  const { happened, page, ports } = worldOf({
    public: {
      newer: stateOf('newer', { revision: 4 }),
      older: stateOf('older', { revision: 2 }),
      live: stateOf('live', { live: true }),
      other: stateOf('other', { documentId: 'of another document' }),
    },
    private: {},
  });
  await recheck(
    ['newer', 'older', 'live', 'other', 'hidden'].map((slug) => page(slug)),
    ports,
  );
  t.deepEqual(happened.slice(1), [
    'newer confirmed 0',
    'forget newer',
    'look at newer',
    'older confirmed 0',
    'live confirmed 0',
    'forget live',
    'look at live',
    'forget other',
    'look at other',
    'forget hidden',
    'look at hidden',
  ]);
});

test('I6 all who follow private pages are one question, and each of them who may not is found', async (t) => {
  const { happened, page, ports } = worldOf({ public: {}, private: { a: ['bob'], b: [] } });
  await recheck([page('a', 'bob', 'eve'), page('b', 'bob')], ports);
  t.deepEqual(happened, [
    'ask for a for bob, a for eve, b for bob',
    'eve loses a',
    'bob loses b',
    'a confirmed 0',
    'look at b',
  ]);
});

test('I6 when one of the two questions fails, the other is asked all the same', async (t) => {
  const away = () => Promise.reject(new Error('away'));
  const { happened, page, ports } = worldOf({ public: { a: stateOf('a') }, private: { b: [] } });
  const pages = [page('a'), page('b', 'eve')];
  await t.throwsAsync(recheck(pages, { ...ports, publicPages: { ...ports.publicPages, states: away } }));
  t.deepEqual(happened, ['ask for b for eve', 'eve loses b', 'look at b']);
  happened.length = 0;
  await t.throwsAsync(recheck(pages, { ...ports, usersPages: { states: away } }));
  t.deepEqual(happened, ['ask for a', 'a confirmed 0']);
});
