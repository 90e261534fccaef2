/** What authors see of their readers, and documents that are shown live, over HTTP. */
import anyTest, { type TestFn } from 'ava';
import { createViewCountStore } from '../../../../src/storage/postgres/public/counts.ts';
import { createPublicReads } from '../../../../src/storage/postgres/public/reads.ts';
import { createPublicationStore } from '../../../../src/storage/postgres/publishing/publishing.ts';
import { type ApiHarness, startApi } from '../../../support/api.ts';
import { textOf } from '../../../support/public.ts';
import { migratedDatabase } from '../../../support/shared-services.ts';
import { silentLog } from '../../../support/silent-log.ts';

const test = anyTest as TestFn<{ api: ApiHarness; databaseUrl: string }>;

test.before(async (t) => {
  const databaseUrl = await migratedDatabase();
  t.context = { api: await startApi({ databaseUrl }), databaseUrl };
});
test.after.always((t) => t.context.api?.close());

/** An owner's document with one editor, one viewer and somebody else. */
async function scene(api: ApiHarness) {
  const [owner, editor, viewer, stranger] = await Promise.all([
    api.author('owner'),
    api.author('editor'),
    api.author('viewer'),
    api.author('stranger'),
  ]);
  const id = await api.document(owner.token);
  for (const [{ handle }, level] of [
    [editor, 'edit'],
    [viewer, 'view'],
  ] as const) {
    await api.call('PUT', `/v1/documents/${id}/grants/${handle}`, { token: owner.token, json: { level } });
  }
  return { owner, editor, viewer, stranger, id, path: `/v1/documents/${id}` };
}

test('only users with level edit see how often a document is read', async (t) => {
  const { api } = t.context;
  const { owner, editor, viewer, stranger, id, path } = await scene(api);
  const ask = (who?: { token: string }) => api.call('GET', `${path}/stats`, who ? { token: who.token } : {});
  t.deepEqual(await (await ask(owner)).json(), { views: 0, readingNow: 0, readersByDay: [] });
  await createViewCountStore(api.orm).write(crypto.randomUUID(), {
    views: new Map([[id, 7]]),
    readers: [
      { documentId: id, day: '2026-05-01', readers: 3 },
      { documentId: id, day: '2026-05-02', readers: 4 },
    ],
  });
  for (const who of [owner, editor]) {
    const response = await ask(who);
    t.is(response.status, 200);
    t.deepEqual(await response.json(), {
      views: 7,
      readingNow: 0,
      readersByDay: [
        { day: '2026-05-02', readers: 4 },
        { day: '2026-05-01', readers: 3 },
      ],
    });
  }
  t.deepEqual(
    await Promise.all([viewer, stranger, undefined].map(async (who) => (await ask(who)).status)),
    [403, 404, 401],
  );
});

test('a document and the list show the view count to users with level edit', async (t) => {
  const { api } = t.context;
  const { owner, editor, viewer, id, path } = await scene(api);
  const views = async ({ token }: { token: string }) => {
    const get = async (from: string) => (await api.call('GET', from, { token })).json();
    const document = (await get(path)) as { views?: number };
    const { documents } = (await get('/v1/documents')) as { documents: { id: string; views?: number }[] };
    return [document.views, documents.find((one) => one.id === id)?.views];
  };
  t.deepEqual(await views(owner), [0, 0]);
  await createViewCountStore(api.orm).write(crypto.randomUUID(), { views: new Map([[id, 7]]), readers: [] });
  t.deepEqual(await views(owner), [7, 7]);
  t.deepEqual(await views(editor), [7, 7]);
  t.deepEqual(await views(viewer), [undefined, undefined]);
});

test('editors switch the live draft on and off; it is audited, and readers are notified', async (t) => {
  const { api, databaseUrl } = t.context;
  const { owner, editor, viewer, id, path } = await scene(api);
  const patch = (who: { token: string }, json: object) => api.call('PATCH', path, { token: who.token, json });
  t.like(await (await api.call('GET', path, { token: owner.token })).json(), { live: false });
  t.is((await patch(viewer, { live: true })).status, 403);
  t.is((await patch(editor, { live: 'yes' })).status, 400);
  const pool = createPublicReads({
    databaseUrl,
    log: silentLog,
    poolSize: 1,
    statementTimeoutMs: 5_000,
    maxWaiting: 5,
  });
  t.teardown(() => pool.close());
  await patch(owner, { visibility: 'public' });
  const { actor } = { actor: { kind: 'user', userId: owner.userId, sessionId: owner.identity.sessionId } as const };
  await createPublicationStore(api.orm, api.clock).publish(actor, id, { content: textOf('text'), seq: 1 });
  t.like(await pool.byId(id), { live: false });

  const before = api.notices.length;
  const shown = await patch(editor, { live: true });
  t.is(shown.status, 200);
  t.like(await shown.json(), { live: true, visibility: 'public' });
  t.deepEqual(api.notices.slice(before), [{ channel: `document:${id}`, notice: { kind: 'changed' } }]);
  t.like(await pool.byId(id), { live: true });
  await patch(owner, { slug: `other-${id.slice(0, 8)}` });
  t.like(await pool.byId(id), { live: true });
  t.like(await (await patch(owner, { live: false })).json(), { live: false });
  const { events } = (await (await api.call('GET', `${path}/audit`, { token: owner.token })).json()) as {
    events: { action: string; outcome: string; before?: object; after?: object }[];
  };
  t.deepEqual(
    events
      .filter(({ action }) => action === 'document.changed')
      .map(({ outcome, before, after }) => [outcome, before, after])
      .at(0),
    ['ok', { live: true }, { live: false }],
  );
  const list = (await (await api.call('GET', '/v1/documents', { token: owner.token })).json()) as {
    documents: { live: boolean }[];
  };
  t.is(list.documents[0]?.live, false);
});
