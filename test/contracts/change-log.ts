// What every implementation of the log of changes does: a reader that goes on from its last position reads each change once.
import type { ExecutionContext, TestFn } from 'ava';
import type { ChangeLog, ChangePosition } from '../../src/ports/changes.ts';
import { rulesOf } from './rules.ts';

/** A change of access, that is not committed yet. */
export interface OpenChange {
  /** Whom it concerns, as `user document`. */
  readonly named: string;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

export interface ChangeLogWorld {
  readonly log: ChangeLog;
  /** Begins a change of a user's access, of another user each time; three times at most. */
  change(): Promise<OpenChange>;
}

/** Reads on from where it is; what changed, sorted. */
function reader(log: ChangeLog) {
  let position: ChangePosition | undefined;
  return async (): Promise<string[] | undefined> => {
    const read = await log.since(position);
    position = read.position;
    return read.changes?.map(({ userId, documentId }) => `${userId ?? '-'} ${documentId ?? '-'}`).toSorted();
  };
}

export function changeLogContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<ChangeLogWorld>,
): void {
  const rule = rulesOf(test, name, worldOf);

  rule(
    'I7 without a position a read says only where to begin, and then nothing changed',
    async (t, { log, change }) => {
      await (await change()).commit();
      const next = reader(log);
      t.is(await next(), undefined);
      t.deepEqual(await next(), []);
    },
  );

  rule('I7 each reader reads each change once', async (t, { log, change }) => {
    const [next, another] = [reader(log), reader(log)];
    await Promise.all([next(), another()]);
    const one = await change();
    t.deepEqual(await next(), [], 'nothing that is not committed');
    await one.commit();
    t.deepEqual(await next(), [one.named]);
    t.deepEqual(await next(), []);
    const two = await change();
    await two.commit();
    t.deepEqual(await next(), [two.named]);
    t.deepEqual(await another(), [one.named, two.named].toSorted());
  });

  rule(
    'I7 a change that is committed late, after those that began later, is read once and not skipped',
    async (t, world) => {
      const next = reader(world.log);
      await next();
      const late = await world.change();
      const early = await world.change();
      await early.commit();
      t.deepEqual(await next(), [early.named]);
      t.deepEqual(await next(), []);
      await late.commit();
      t.deepEqual(await next(), [late.named]);
      t.deepEqual(await next(), []);
    },
  );

  rule('a rolled back change is not reported', async (t, { log, change }) => {
    const next = reader(log);
    await next();
    await (await change()).rollback();
    t.deepEqual(await next(), []);
  });
}
