// What every implementation of the feed of changes does: whoever has something open learns in time what to compare, and nothing that
// fails meanwhile is forgotten.
import type { ExecutionContext, TestFn } from 'ava';
import type { ChangeFeed, Changes, ReadChanges } from '../../src/ports/changes.ts';
import { until } from '../support/helpers.ts';
import { rulesOf } from './rules.ts';

export interface ChangeFeedWorld {
  /** Nobody has subscribed yet. */
  readonly feed: ChangeFeed;
  /** From one comparison of everything to the next, milliseconds. */
  readonly sweepMs: number;
  /** For so long a change is listed, milliseconds. */
  readonly namedMs: number;
  /** Lets the feed's clock go on. */
  pass(ms: number): void;
  /** What each poll finds from now on; undefined: not known what changed. It may throw, as a database that is away does. */
  changes(next: () => ReadChanges['changes']): void;
  /** Waits for a poll that begins from now on. */
  polled(): Promise<void>;
}

/** Somebody who listens. */
function listenerOf({ feed, polled }: ChangeFeedWorld) {
  const heard: Changes[] = [];
  let fails = false;
  const unsubscribe = feed.subscribe(async (changes) => {
    heard.push(changes);
    if (fails) throw new Error('away');
  });
  return {
    heard,
    unsubscribe,
    fail(is: boolean) {
      fails = is;
    },
    /** What it hears next. */
    async next(): Promise<{ everything: boolean; users: string[] }> {
      await polled();
      const last = heard.at(-1);
      return { everything: last?.everything ?? false, users: [...(last?.users ?? [])] };
    },
  };
}

const ANN = { userId: 'ann', documentId: undefined, changesLists: false };

/** Answers once, then with nothing. */
function once(changes: ReadChanges['changes']): () => ReadChanges['changes'] {
  let isGiven = false;
  return () => {
    if (isGiven) return [];
    isGiven = true;
    return changes;
  };
}

export function changeFeedContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<ChangeFeedWorld>,
): void {
  const rule = rulesOf(test, name, worldOf);

  rule('I6 a change is reported for as long as memory may be behind it', async (t, world) => {
    const listener = listenerOf(world);
    t.deepEqual(await listener.next(), { everything: false, users: [] });
    world.changes(once([ANN]));
    t.deepEqual(await listener.next(), { everything: false, users: ['ann'] });
    world.pass(world.namedMs - 1);
    t.deepEqual(await listener.next(), { everything: false, users: ['ann'] });
    world.pass(1);
    t.deepEqual(await listener.next(), { everything: false, users: [] });
  });

  rule(
    'I6 everything is compared at first, rarely, when it is not known what changed, and until nobody failed',
    async (t, world) => {
      const listener = listenerOf(world);
      await listener.next();
      t.true(listener.heard[0]?.everything);
      t.false((await listener.next()).everything);
      world.pass(world.sweepMs);
      const before = listener.heard.length;
      await listener.next();
      t.is(listener.heard.slice(before).filter(({ everything }) => everything).length, 1, 'once');
      listener.fail(true);
      world.changes(() => undefined);
      t.true((await listener.next()).everything);
      world.changes(() => []);
      t.true((await listener.next()).everything, 'what could not be compared is compared again');
      listener.fail(false);
      await listener.next();
      t.false((await listener.next()).everything);
    },
  );

  rule('I6 what was committed while the database could not be read is read afterwards', async (t, world) => {
    const listener = listenerOf(world);
    await listener.next();
    world.changes(() => {
      throw new Error('away');
    });
    const before = listener.heard.length;
    await listener.next();
    t.true(listener.heard.length <= before + 1, 'nothing is confirmed meanwhile');
    world.changes(() => [ANN]);
    t.deepEqual((await listener.next()).users, ['ann']);
  });

  rule('I6 lists are named while a change of one is, and for no other change', async (t, world) => {
    const listener = listenerOf(world);
    await listener.next();
    const lists = async () => {
      await listener.next();
      return listener.heard.at(-1)?.lists;
    };
    t.false(await lists());
    world.changes(once([{ userId: undefined, documentId: 'private', changesLists: false }]));
    t.false(await lists());
    world.changes(once([{ userId: undefined, documentId: 'public', changesLists: true }]));
    t.true(await lists());
    world.pass(world.namedMs - 1);
    t.true(await lists());
    world.pass(1);
    t.false(await lists());
  });

  rule('one listener that fails keeps no other from what changed', async (t, world) => {
    const [failing, other] = [listenerOf(world), listenerOf(world)];
    failing.fail(true);
    await other.next();
    world.changes(once([ANN]));
    t.deepEqual((await other.next()).users, ['ann']);
    failing.fail(false);
    await until(() => failing.heard.length > 0);
  });

  rule('who has unsubscribed hears nothing more', async (t, world) => {
    const [gone, other] = [listenerOf(world), listenerOf(world)];
    await other.next();
    gone.unsubscribe();
    const before = gone.heard.length;
    await other.next();
    t.is(gone.heard.length, before);
    t.true(other.heard.length > before);
  });
}
