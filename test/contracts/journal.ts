// What every implementation of the journal port does. The journals of a world share one storage, as those of the nodes of a cluster do.
import { randomUUID } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import type { Author, Claim, Journal } from '../../src/ports/journal.ts';
import { RecordedLog } from '../support/journal.ts';
import { rulesOf } from './rules.ts';

export interface JournalWorld {
  readonly author: Author;
  /** A journal of a node of its own. */
  journal(): Journal;
  /** A document that nobody has claimed, without updates. */
  document(): Promise<string>;
  /** Lets the implementation write what was appended, where it does not by itself. */
  write(): void;
}

const texts = (updates: readonly Uint8Array[]): string[] => updates.map((update) => Buffer.from(update).toString());

export function journalContract<Context>(
  test: TestFn<Context>,
  name: string,
  worldOf: (t: ExecutionContext<Context>) => Promise<JournalWorld>,
): void {
  const rule = rulesOf(test, name, worldOf);

  /** Claims a document and opens its log. */
  async function open(world: JournalWorld, journal: Journal, documentId: string) {
    const head = await journal.head(documentId);
    const claim = (await journal.claim(documentId, head?.epoch ?? 0)) as Claim;
    return { claim, log: new RecordedLog(journal, documentId, claim, world.author) };
  }
  async function through(world: JournalWorld, log: RecordedLog, seq: number): Promise<void> {
    world.write();
    await log.through(seq);
  }
  const written = async (journal: Journal, documentId: string): Promise<string[]> =>
    texts((await journal.updates(documentId, 0, 100)).map(({ update }) => update));

  rule(
    'I1 I7 entries are numbered from 1 without gaps, and settle in order once they are written',
    async (t, world) => {
      const [journal, documentId] = [world.journal(), await world.document()];
      const { claim, log } = await open(world, journal, documentId);
      t.deepEqual(claim, { epoch: 1, headSeq: 0 });
      t.is(log.append('one'), 1);
      t.is(log.append('two'), 2);
      t.deepEqual(log.outcomes, [], 'nothing settles from inside append');
      await through(world, log, 2);
      t.is(log.append('three'), 3);
      await through(world, log, 3);
      t.deepEqual(log.outcomes.at(-1), { kind: 'committed', throughSeq: 3 });
      const updates = await journal.updates(documentId, 0, 10);
      t.deepEqual(
        updates.map(({ seq, userId }) => [seq, userId]),
        [1, 2, 3].map((seq) => [seq, world.author.userId]),
      );
      t.deepEqual(texts(updates.map(({ update }) => update)), ['one', 'two', 'three']);
      t.is((await journal.head(documentId))?.headSeq, 3);
    },
  );

  rule("I2 a deposed owner's append is refused and nothing of it is written", async (t, world) => {
    const [journal, documentId] = [world.journal(), await world.document()];
    const { log: old } = await open(world, journal, documentId);
    old.append('kept');
    await through(world, old, 1);
    const next = world.journal();
    const { claim, log } = await open(world, next, documentId);
    t.deepEqual(claim, { epoch: 2, headSeq: 1 });
    old.append('lost', { newClients: [7] });
    old.append('lost as well');
    await through(world, old, 3);
    t.deepEqual(old.outcomes, [{ kind: 'committed', throughSeq: 1 }, { kind: 'fenced' }]);
    t.deepEqual(await written(next, documentId), ['kept']);
    t.deepEqual((await next.load(documentId)).clients, new Map());
    log.append('from the new owner');
    await through(world, log, 2);
    t.deepEqual(await written(next, documentId), ['kept', 'from the new owner']);
  });

  rule('I2 of many claimants at the same epoch one wins', async (t, world) => {
    const documentId = await world.document();
    const nodes = [world.journal(), world.journal(), world.journal()];
    for (const epoch of [0, 1, 2]) {
      const claims = await Promise.all(
        nodes.flatMap((node) => [node.claim(documentId, epoch), node.claim(documentId, epoch)]),
      );
      t.deepEqual(
        claims.filter((claim) => claim !== undefined),
        [{ epoch: epoch + 1, headSeq: 0 }],
      );
    }
  });

  rule('I2 a release is for the epoch that was claimed', async (t, world) => {
    const [journal, documentId] = [world.journal(), await world.document()];
    await open(world, journal, documentId);
    const other = world.journal();
    await other.claim(documentId, 1);
    await journal.release(documentId, 1);
    t.not((await journal.head(documentId))?.ownerNode, null);
    await other.release(documentId, 2);
    t.deepEqual(await journal.head(documentId), { ownerNode: null, epoch: 2, headSeq: 0 });
  });

  rule('I4 client ids are bound to whoever used them first, together with the update', async (t, world) => {
    const [journal, documentId] = [world.journal(), await world.document()];
    const { log } = await open(world, journal, documentId);
    log.append('a', { newClients: [1, 4_294_967_295] });
    log.append('b', { newClients: [1] });
    await through(world, log, 2);
    log.append('c', { newClients: [1], author: { userId: randomUUID(), sessionId: randomUUID() } });
    await through(world, log, 3);
    const bound = [1, 4_294_967_295].map((id) => [id, world.author.userId] as const);
    t.deepEqual((await journal.load(documentId)).clients, new Map(bound));
  });

  rule('a load is the newest snapshot and the tail after it', async (t, world) => {
    const [journal, documentId] = [world.journal(), await world.document()];
    const { log } = await open(world, journal, documentId);
    t.deepEqual(await journal.load(documentId), {
      updates: [],
      headSeq: 0,
      snapshotSeq: 0,
      tailBytes: 0,
      clients: new Map(),
      reservations: new Map(),
      refused: false,
    });
    for (const text of ['a', 'bb', 'ccc', 'dddd']) log.append(text);
    await through(world, log, 4);
    for (const seq of [1, 2, 3]) {
      t.true(await journal.saveSnapshot({ documentId, epoch: 1, seq, state: Buffer.from(`state ${seq}`) }));
    }
    const { updates, ...rest } = await journal.load(documentId);
    t.deepEqual(texts(updates), ['state 3', 'dddd']);
    t.like(rest, { headSeq: 4, snapshotSeq: 3, tailBytes: 4 });
    t.deepEqual(await written(journal, documentId), ['a', 'bb', 'ccc', 'dddd'], 'the journal stays whole');
  });

  rule('I2 a snapshot is fenced as an append is, and never runs ahead of the head', async (t, world) => {
    const [journal, documentId] = [world.journal(), await world.document()];
    const { log } = await open(world, journal, documentId);
    log.append('a');
    await through(world, log, 1);
    t.false(await journal.saveSnapshot({ documentId, epoch: 1, seq: 2, state: Buffer.from('ahead') }));
    await world.journal().claim(documentId, 1);
    t.false(await journal.saveSnapshot({ documentId, epoch: 1, seq: 1, state: Buffer.from('deposed') }));
    t.like(await journal.load(documentId), { snapshotSeq: 0, headSeq: 1 });
  });

  rule('I2 a deposed owner reserves no client ids', async (t, world) => {
    const [journal, documentId] = [world.journal(), await world.document()];
    await open(world, journal, documentId);
    const reserve = (clientId: number) =>
      journal.reserve({
        documentId,
        epoch: 1,
        clients: new Map([[clientId, randomUUID()]]),
        forget: [],
        lifeMs: 1_000,
      });
    t.true(await reserve(1));
    await world.journal().claim(documentId, 1);
    t.false(await reserve(2));
  });

  rule('I7 updates come in order and without gaps, at most so many', async (t, world) => {
    const [journal, documentId] = [world.journal(), await world.document()];
    const { log } = await open(world, journal, documentId);
    for (const text of ['a', 'b', 'c', 'd', 'e']) log.append(text);
    await through(world, log, 5);
    const give = async (after: number, limit: number) =>
      (await journal.updates(documentId, after, limit)).map(({ seq, update }) => `${seq}${Buffer.from(update)}`);
    t.deepEqual(await give(0, 10), ['1a', '2b', '3c', '4d', '5e']);
    t.deepEqual(await give(2, 2), ['3c', '4d']);
    t.deepEqual(await give(5, 10), []);
    t.deepEqual(await give(99, 10), []);
  });

  rule('a state is that of its position, and there is none beyond the head', async (t, world) => {
    const [journal, documentId] = [world.journal(), await world.document()];
    const { log } = await open(world, journal, documentId);
    for (const text of ['a', 'b', 'c']) log.append(text);
    await through(world, log, 3);
    t.deepEqual(texts((await journal.stateAt(documentId, 2)) ?? []), ['a', 'b']);
    t.deepEqual(await journal.stateAt(documentId, 0), []);
    t.is(await journal.stateAt(documentId, 4), undefined);
  });

  rule('a log that was closed drops what is queued and settles no more', async (t, world) => {
    const [journal, documentId] = [world.journal(), await world.document()];
    const { log } = await open(world, journal, documentId);
    log.append('never written');
    log.close();
    t.throws(() => log.append('x'), { message: /closed log/ });
    world.write();
    const next = await open(world, journal, documentId);
    next.log.append('of the next one');
    await through(world, next.log, 1);
    t.deepEqual(log.outcomes, []);
    t.deepEqual(await written(journal, documentId), ['of the next one']);
  });
}
