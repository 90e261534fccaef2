// Publication channels compared with the database: how much is asked, and what comes of the answers.
import test from 'ava';
import type { PublicState } from '../../src/ports/public-reads.ts';
import type { PublicationChannel, RevisionMessage } from '../../src/published/publication-channel.ts';
import { type RecheckPorts, recheck } from '../../src/published/recheck.ts';

type Channel = PublicationChannel<RevisionMessage>;

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
  const channel = (slug: string, ...users: string[]): Channel =>
    ({
      ...stateOf(slug),
      isLive: false,
      isClosed: false,
      isPrivate: users.length > 0,
      users: () => new Set(users),
      confirm: (askedAt: number) => void happened.push(`${slug} confirmed ${askedAt}`),
      look: () => void happened.push(`look at ${slug}`),
      withdrawFrom(lost: ReadonlySet<string>) {
        for (const userId of lost) happened.push(`${userId} loses ${slug}`);
      },
    }) as unknown as Channel;
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
    userReads: {
      async states(asked) {
        happened.push(`ask for ${asked.map(({ slug, userId }) => `${slug} for ${userId}`).join(', ')}`);
        return asked.map(({ slug, userId }) => (database.private[slug]?.includes(userId) ? stateOf(slug) : undefined));
      },
    },
    now: () => now,
  };
  return { happened, channel, ports };
}

test('I9 all that is public is one question, and a channel that is up to date does not look', async (t) => {
  const { happened, channel, ports } = worldOf({ public: { a: stateOf('a'), b: stateOf('b') }, private: {} });
  await recheck([channel('a'), channel('b')], ports);
  t.deepEqual(happened, ['ask for a, b', 'a confirmed 0', 'b confirmed 0']);
});

test('I6 I7 a channel that differs looks past the cache; one that is not public is not confirmed', async (t) => {
  const { happened, channel, ports } = worldOf({
    public: {
      newer: stateOf('newer', { revision: 4 }),
      older: stateOf('older', { revision: 2 }),
      live: stateOf('live', { live: true }),
      other: stateOf('other', { documentId: 'of another document' }),
    },
    private: {},
  });
  await recheck(
    ['newer', 'older', 'live', 'other', 'hidden'].map((slug) => channel(slug)),
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

test('I6 all subscribers of private channels are one question, and each that may not read is found', async (t) => {
  const { happened, channel, ports } = worldOf({ public: {}, private: { a: ['bob'], b: [] } });
  await recheck([channel('a', 'bob', 'eve'), channel('b', 'bob')], ports);
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
  const { happened, channel, ports } = worldOf({ public: { a: stateOf('a') }, private: { b: [] } });
  const channels = [channel('a'), channel('b', 'eve')];
  await t.throwsAsync(recheck(channels, { ...ports, publicPages: { ...ports.publicPages, states: away } }));
  t.deepEqual(happened, ['ask for b for eve', 'eve loses b', 'look at b']);
  happened.length = 0;
  await t.throwsAsync(recheck(channels, { ...ports, userReads: { states: away } }));
  t.deepEqual(happened, ['ask for a', 'a confirmed 0']);
});
