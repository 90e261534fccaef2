/** Drafts of live documents over the role of public reads: as far as readers may see, and no further. */
import test, { type ExecutionContext } from 'ava';
import { publicationsOf } from '../../../support/public.ts';

async function worldOf(t: ExecutionContext) {
  const world = await publicationsOf(t);
  const { orm, pool, shown, change } = world;
  return {
    ...world,
    /** A document whose draft has updates 1 to `head`, each of one byte, and a snapshot. */
    async written(slug: string, head: number): Promise<string> {
      const id = await shown(slug, 'text');
      await orm.query(
        `insert into draft_updates (document_id, seq, user_id, session_id, update, at)
         select $1, n, gen_random_uuid(), gen_random_uuid(), decode(lpad(to_hex(n), 2, '0'), 'hex'), now() + n * interval '1 second'
           from generate_series(1, $2::int) n`,
        [id, head],
      );
      await orm.query(
        `insert into draft_snapshots (document_id, seq, state) values ($1, 2, '\\xff'), ($1, $2, '\\xfe')`,
        [id, head],
      );
      await orm.query('update draft_heads set head_seq = $2, owner_node = $3 where document_id = $1', [id, head, 'a']);
      return id;
    },
    live: (id: string, live: boolean) => change(id, { live }),
    states: async (id: string, seq: number) =>
      (await pool.stateAt(id, seq))?.map((update) => Buffer.from(update).toString('hex')),
    updates: async (id: string, after: number, limit = 100) =>
      (await pool.updates(id, after, limit)).map(({ seq }) => seq),
  };
}

test('ONAIR3 I6 a draft is read while its document is live, and no draft of any other', async (t) => {
  const { pool, written, live, change, states, updates, unpublish, remove } = await worldOf(t);
  const id = await written('cranes', 6);
  const nothing = async (why: string) => {
    t.is(await pool.draft(id), undefined, why);
    t.is(await states(id, 1), undefined, why);
    t.deepEqual([await updates(id, 0), await pool.livePeriods(id)], [[], []], why);
  };
  await nothing('it was never live');
  await live(id, true);
  t.like(await pool.draft(id), { live: true, seq: 6, revision: 1, ownerNode: 'a' });
  t.deepEqual(await states(id, 6), ['fe']);
  t.deepEqual(await states(id, 5), ['ff', '03', '04', '05']);
  t.deepEqual(await states(id, 1), ['01']);
  t.is(await states(id, 7), undefined, 'not written yet');
  t.deepEqual(await updates(id, 2, 3), [3, 4, 5]);
  t.like((await pool.livePeriods(id))[0], { startedSeq: 6, endedAt: null });
  await change(id, { visibility: 'private' });
  await nothing('private');
  await change(id, { visibility: 'public' });
  t.like(await pool.draft(id), { live: true });
  await unpublish(id);
  await nothing('unpublished');
  const other = await written('storks', 3);
  await live(other, true);
  await remove(other);
  t.is(await pool.draft(other), undefined, 'deleted');
  for (const name of ['', 'x', `${id}'`]) {
    t.is(await pool.draft(name), undefined);
    t.is(await pool.stateAt(name, 1), undefined);
    t.deepEqual([await pool.updates(name, 0, 1), await pool.livePeriods(name)], [[], []]);
  }
});

test('ONAIR7 I6 of a document that was live the journal can be read up to its revision, and not what was written since', async (t) => {
  const { pool, orm, written, live, states, updates } = await worldOf(t);
  const id = await written('cranes', 6);
  await live(id, true);
  await orm.query('update draft_heads set head_seq = 9 where document_id = $1', [id]);
  await live(id, false);
  const [revision] = await orm.query<{ seq: string }>('select seq from revisions where document_id = $1', [id]);
  const last = Number(revision?.seq);
  t.true(last < 6, 'the draft is ahead of what was published');
  t.like(await pool.draft(id), { live: false, seq: last, ownerNode: null });
  t.is(await states(id, last + 1), undefined);
  t.deepEqual(
    await updates(id, 0),
    Array.from({ length: last }, (_, index) => index + 1),
  );
  const [period] = await pool.livePeriods(id);
  t.true(period?.endedAt !== null && (period?.endedAt ?? 0) >= (period?.startedAt ?? Infinity));
  const document = await pool.bySlug('cranes');
  t.is(document?.coverage?.endedAt, new Date(period?.endedAt ?? 0).toISOString());
});

test('ONAIR7 a document says from when to when it was live, over all times together', async (t) => {
  const { pool, written, live, publish, unpublish, change } = await worldOf(t);
  const id = await written('cranes', 6);
  t.is((await pool.bySlug('cranes'))?.coverage, null);
  await live(id, true);
  const first = (await pool.bySlug('cranes'))?.coverage;
  t.is(first?.endedAt, null);
  await live(id, false);
  await live(id, true);
  t.deepEqual((await pool.bySlug('cranes'))?.coverage, first, 'it goes on');
  t.is((await pool.livePeriods(id)).length, 2);
  await publish(id, 'text', 'Title');
  await change(id, { visibility: 'private' });
  await change(id, { visibility: 'public' });
  t.is((await pool.livePeriods(id)).length, 2, 'neither publishing nor hiding it ends it');
  await unpublish(id);
  await publish(id, 'text', 'Title');
  const periods = await pool.livePeriods(id);
  t.deepEqual(
    periods.map(({ endedAt }) => endedAt === null),
    [false, false, true],
    'nothing is shown while it is unpublished',
  );
});

test('I9 a document has its last hundred times of being live', async (t) => {
  const { pool, orm, written } = await worldOf(t);
  const id = await written('cranes', 3);
  for (let time = 0; time < 103; time += 1) {
    await orm.query('update documents set live = true where id = $1', [id]);
    await orm.query('update documents set live = false where id = $1', [id]);
  }
  await orm.query('update documents set live = true where id = $1', [id]);
  const periods = await pool.livePeriods(id);
  t.is(periods.length, 100);
  t.deepEqual(periods.map(({ endedAt }) => endedAt === null).lastIndexOf(true), 99);
});
