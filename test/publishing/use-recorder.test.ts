/** When users last opened or edited a document: gathered by a node, stored every few seconds, and lost rather than in the way. */
import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import type { DocumentUse, DocumentUseStore } from '../../src/ports/document-uses.ts';
import { createUseRecorder } from '../../src/publishing/use-recorder.ts';
import { createDocumentUseStore } from '../../src/storage/postgres/accounts/document-uses.ts';
import { accountsOf } from '../support/accounts.ts';
import { connectClient, Desk } from '../support/client.ts';
import { until } from '../support/helpers.ts';
import { createWorld } from '../support/node.ts';
import { silentLog } from '../support/silent-log.ts';
import { TurnedClock } from '../support/turned-clock.ts';
import { stockClient, synced } from '../support/yjs.ts';

const HOUR = 3_600_000;

function recorderOf(t: ExecutionContext, record: DocumentUseStore['record']) {
  const clock = new TurnedClock(1_000);
  const recorder = createUseRecorder({ uses: { record }, clock, log: silentLog, everyMs: HOUR });
  t.teardown(() => recorder.close());
  return { clock, recorder };
}

test('SEARCH8 uses are stored together, the last of each user and document', async (t) => {
  const stored: (readonly DocumentUse[])[] = [];
  const { clock, recorder } = recorderOf(t, async (uses) => void stored.push(uses));
  await recorder.flush();
  recorder.used('ann', 'one');
  recorder.used('ben', 'one');
  clock.advance(500);
  recorder.used('ann', 'one');
  await recorder.flush();
  await recorder.flush();
  t.deepEqual(stored, [
    [
      { userId: 'ann', documentId: 'one', at: 1_500 },
      { userId: 'ben', documentId: 'one', at: 1_000 },
    ],
  ]);
});

test('SEARCH8 I9 while the database is away uses are kept, the latest and so many', async (t) => {
  let stored: readonly DocumentUse[] = [];
  let isAway = true;
  const { clock, recorder } = recorderOf(t, async (uses) => {
    if (isAway) {
      recorder.used('late', 'one');
      throw new Error('away');
    }
    stored = uses;
  });
  recorder.used('ann', 'one');
  clock.advance(500);
  await recorder.flush();
  recorder.used('ann', 'one');
  for (let n = 0; n < 20_000; n += 1) recorder.used('ben', String(n));
  isAway = false;
  await recorder.close();
  t.is(stored.length, 10_000);
  t.deepEqual(stored.slice(0, 2), [
    { userId: 'ann', documentId: 'one', at: 1_500 },
    { userId: 'late', documentId: 'one', at: 1_500 },
  ]);
});

test('SEARCH8 of two nodes that record the same use the later counts, whatever is gone is left out, and a purge takes them along', async (t) => {
  const { document, grant, open, orm, person, sql } = await accountsOf(t);
  const [ann, ben] = [await person(), await person()];
  const [id, other] = [await document(ann), await document(ann)];
  await grant(ann, id, ben, 'view');
  const [one, two] = [createDocumentUseStore(orm), createDocumentUseStore(await open())];
  const use = ({ userId }: { userId: string }, documentId: string, at: number) => ({ userId, documentId, at });
  await Promise.all([
    one.record([use(ann, id, 5_000), use(ben, id, 1_000), use(ann, other, 1_000)]),
    two.record([use(ann, other, 2_000), use(ben, id, 3_000), use(ann, id, 4_000)]),
  ]);
  await one.record([use(ben, other, 9_000), use(ann, randomUUID(), 9_000), use({ userId: randomUUID() }, id, 9_000)]);
  await one.record([]);
  const rows = () =>
    sql(`select user_id, document_id, (extract(epoch from used_at) * 1000)::int as at from document_uses order by at`);
  t.deepEqual(await rows(), [
    { user_id: ann.userId, document_id: other, at: 2_000 },
    { user_id: ben.userId, document_id: id, at: 3_000 },
    { user_id: ann.userId, document_id: id, at: 5_000 },
  ]);
  await sql('delete from documents where id = $1', [other]);
  t.is((await rows()).length, 2);
});

test('SEARCH8 who opens a document uses it, in the editor or a stock client, and who edits it', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const [ann, bob, eve] = [await world.author('ann'), await world.author('bob'), await world.author('eve')];
  const doc = await world.document(ann);
  for (const [who, level] of [
    [bob, 'view'],
    [eve, 'edit'],
  ] as const)
    await world.grant(doc, who, level);
  const users = async () => {
    const rows = await world.orm.query<{ id: string }>('select user_id as id from document_uses order by used_at', []);
    return rows.map(({ id }) => id);
  };
  const stranger = new Desk(await connectClient(t, node.url, { author: await world.author() }), doc);
  t.like(await stranger.open(), { ok: false });
  const viewer = new Desk(await connectClient(t, node.url, { author: bob }), doc);
  t.like(await viewer.open('view'), { ok: true });
  await synced(stockClient(t, node.url, eve, doc));
  await until(async () => (await users()).length === 2);
  t.deepEqual((await users()).toSorted(), [bob.userId, eve.userId].toSorted());

  const put = await node.call('PUT', `/v1/documents/${doc}/draft`, ann, {
    title: 'Written',
    body: { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Lamps' }] }] },
  });
  t.true(put.ok, `${put.status} ${await put.clone().text()}`);
  await until(async () => (await users()).length === 3);
  t.is((await users()).at(-1), ann.userId);
});
