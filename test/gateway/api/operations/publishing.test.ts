/** Publishing over HTTP: revisions, what differs between them, schedules, going back, and the audit trail. */
import anyTest, { type TestFn } from 'ava';
import { Compile } from 'typebox/compile';
import {
  AuditPage,
  DraftDiff,
  Revision,
  RevisionDiff,
  RevisionList,
  RevisionSummary,
  Schedule,
} from '../../../../schemas/http.ts';
import { type ApiHarness, type Call, startApi } from '../../../support/api.ts';
import { migratedDatabase } from '../../../support/shared-services.ts';

const test = anyTest as TestFn<{ api: ApiHarness }>;

test.before(async (t) => {
  t.context = { api: await startApi({ databaseUrl: await migratedDatabase(), drafts: 'real' }) };
});
test.after.always((t) => t.context.api?.close());

const summaryForm = Compile(RevisionSummary);
const revisionForm = Compile(Revision);
const listForm = Compile(RevisionList);
const diffForm = Compile(RevisionDiff);
const draftDiffForm = Compile(DraftDiff);
const scheduleForm = Compile(Schedule);
const auditForm = Compile(AuditPage);

const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });
const body = (...texts: string[]) => ({ type: 'doc', content: texts.map(paragraph) });
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

async function writer(api: ApiHarness) {
  const owner = await api.author();
  const id = await api.document(owner.token);
  const at = (path = '') => `/v1/documents/${id}${path}`;
  const request = (method: string, path: string, call: Call = {}) =>
    api.call(method, at(path), { token: owner.token, ...call });
  const get = async <T>(path: string) => (await (await request('GET', path)).json()) as T;
  const put = async (json: object) =>
    ((await (await request('PUT', '/draft', { json })).json()) as { seq: number }).seq;
  const publish = async () => (await (await request('POST', '/publish')).json()) as RevisionSummary;
  return { api, owner, id, at, request, get, put, publish };
}

test('ADDR2 API1 a publication needs no body, and takes the slug that its author was shown, or a style', async (t) => {
  const { api, at, get, owner, put, request } = await writer(t.context.api);
  await put({ title: 'Größe', body: body('one') });
  for (const json of [
    { slug: 'Größe' },
    { slug: 'a b' },
    { slug: '東'.repeat(67) },
    { slug: 'a\u034fb' },
    { slugStyle: 'latin' },
    { slug: 'a', slugStyle: 'ascii' },
    { title: 'x' },
  ]) {
    const refused = await request('POST', '/publish', { json });
    t.deepEqual([refused.status, await codeOf(refused)], [400, 'bad_request'], JSON.stringify(json));
  }
  t.like(await get(''), { published: null });
  // Clients that name a type for a body that they do not send.
  const headers = { authorization: `Bearer ${owner.token}`, 'content-type': 'application/x-www-form-urlencoded' };
  t.is((await api.call('POST', at('/publish'), { headers })).status, 201);
  t.like(await get(''), { slug: 'größe', slugStyle: 'unicode', slugFollowsTitle: false });
  const text = await api.call('POST', at('/publish'), {
    headers: { ...headers, 'content-type': 'text/plain' },
    body: 'x',
  });
  t.is(text.status, 415);

  // Letters and accents apart, as some systems write them, are the same slug.
  t.is((await request('POST', '/publish', { json: { slug: 'gro\u0308ße-2' } })).status, 201);
  t.like(await get(''), { slug: 'größe-2' });
  t.is((await request('POST', '/publish', { json: { slugStyle: 'ascii' } })).status, 201);
  t.like(await get(''), { slug: 'grosse', slugStyle: 'ascii' });
  t.is((await request('POST', '/publish')).status, 201);
  t.like(await get(''), { slug: 'grosse' });
  const renamed = await request('PATCH', '', { json: { slug: 'cafe\u0301' } });
  t.like(await renamed.json(), { slug: 'café', slugFollowsTitle: false });
});

test('publishing makes numbered revisions that do not change with the draft', async (t) => {
  const { api, at, get, owner, put, request } = await writer(t.context.api);
  const seq = await put({ title: 'One', summary: 'The first', body: body('one') });
  const published = await request('POST', '/publish');
  t.is(published.status, 201);
  t.is(published.headers.get('location'), at('/revisions/1'));
  const first = (await published.json()) as RevisionSummary;
  t.true(summaryForm.Check(first));
  t.like(first, { number: 1, title: 'One', summary: 'The first', seq, publishedBy: owner.handle, current: true });
  t.like(await get(''), { published: { revision: 1 } });

  await put({ title: 'Two', body: body('one', 'two') });
  t.like(await (await request('POST', '/publish')).json(), { number: 2, title: 'Two', current: true });
  const old = await get<Revision>('/revisions/1');
  t.true(revisionForm.Check(old));
  t.like(old, { number: 1, title: 'One', body: body('one'), current: false });

  const list = await get<RevisionList>('/revisions');
  t.true(listForm.Check(list));
  t.deepEqual(
    list.revisions.map(({ number, current }) => [number, current]),
    [
      [2, true],
      [1, false],
    ],
  );
  const page = await get<RevisionList>('/revisions?limit=1');
  t.is(page.revisions[0]?.number, 2);
  t.truthy(page.next);
  t.is((await get<RevisionList>(`/revisions?limit=1&before=${page.next}`)).revisions[0]?.number, 1);
  const stranger = await api.author();
  for (const path of ['/revisions', '/revisions/1', '/revisions/1/diff']) {
    t.is((await api.call('GET', at(path), { token: stranger.token })).status, 404, path);
  }
});

test('a revision can be had as HTML, Markdown and text, not as Yjs', async (t) => {
  const { publish, put, request } = await writer(t.context.api);
  const seq = await put({ body: body('one', 'two') });
  await publish();
  const html = await request('GET', '/revisions/1', { headers: { accept: 'text/html' } });
  t.is((await html.text()).replaceAll('\n', ''), '<p>one</p><p>two</p>');
  t.is(html.headers.get('etag'), `"${seq}"`);
  t.is((await (await request('GET', '/revisions/1?format=markdown')).text()).trimEnd(), 'one\n\ntwo');
  t.is((await request('GET', '/revisions/1', { headers: { 'if-none-match': `"${seq}"` } })).status, 304);
  t.is((await request('GET', '/revisions/1', { headers: { accept: 'application/octet-stream' } })).status, 406);
  t.is((await request('GET', '/revisions/1?format=yjs')).status, 400);
  for (const number of ['0', '2', '01', '-1', 'x', '1.0', '99999999999', '9999999999']) {
    t.is((await request('GET', `/revisions/${number}`)).status, 404, number);
  }
});

test('two revisions are compared block by block', async (t) => {
  const { get, publish, put, request } = await writer(t.context.api);
  await put({ title: 'One', body: body('same', 'the old words') });
  await publish();
  await put({ title: 'Two', body: body('same', 'the new words', 'added') });
  await publish();
  const diff = await get<RevisionDiff>('/revisions/2/diff');
  t.true(diffForm.Check(diff));
  t.like(diff, { from: 1, to: 2, title: { from: 'One', to: 'Two' } });
  t.deepEqual(
    diff.blocks.map(({ kind }) => kind),
    ['same', 'changed', 'added'],
  );
  t.regex(diff.blocks[1]?.html ?? '', /<del>old<\/del>/);
  const back = await get<RevisionDiff>('/revisions/1/diff?from=2');
  t.is(back.blocks.at(-1)?.kind, 'removed');
  t.true((await get<RevisionDiff>('/revisions/1/diff')).blocks.every(({ kind }) => kind === 'same'));
  t.is((await request('GET', '/revisions/2/diff?from=3')).status, 404);
  t.is((await request('GET', '/revisions/2/diff?from=0')).status, 400);
});

test('publishing under If-Match takes the draft that was meant, or none', async (t) => {
  const { get, put, request } = await writer(t.context.api);
  const first = await put({ body: body('one') });
  const second = await put({ body: body('two') });
  const stale = await request('POST', '/publish', { headers: { 'if-match': `"${first}"` } });
  t.is(stale.status, 412);
  t.is(await codeOf(stale), 'precondition_failed');
  t.deepEqual(await get('/revisions'), { revisions: [] });
  t.is((await request('POST', '/publish', { headers: { 'if-match': `"${second}"` } })).status, 201);
});

test('unpublishing takes the text from readers and keeps the revisions', async (t) => {
  const { get, publish, put, request } = await writer(t.context.api);
  await put({ body: body('one') });
  await publish();
  t.is((await request('POST', '/unpublish')).status, 204);
  t.like(await get(''), { published: null });
  t.like(await get('/revisions/1'), { number: 1, current: false });
  t.like(await publish(), { number: 2, current: true });
});

test('a schedule is set, replaced and removed', async (t) => {
  const { api, get, put, request } = await writer(t.context.api);
  await put({ body: body('one') });
  const later = (ms: number) => new Date(api.clock.now() + ms).toISOString();
  const set = (at: string) => request('PUT', '/schedule', { json: { at } });
  const first = await set(later(60_000));
  t.is(first.status, 200);
  t.true(scheduleForm.Check(await first.json()));
  const at = later(120_000);
  t.is((await set(at)).status, 200);
  t.like(await get(''), { scheduled: { at } });
  t.is((await request('DELETE', '/schedule')).status, 204);
  t.like(await get(''), { scheduled: null });
  for (const wrong of [later(-1), 'tomorrow', '2030-13-01T00:00:00Z', '2030-01-01']) {
    const refused = await set(wrong);
    t.is(refused.status, 400, wrong);
    t.is(await codeOf(refused), 'bad_request');
  }
});

test('a repeated publish with its key makes one revision', async (t) => {
  const { get, put, request } = await writer(t.context.api);
  await put({ body: body('one') });
  const headers = { 'idempotency-key': crypto.randomUUID() };
  const answers = [await request('POST', '/publish', { headers }), await request('POST', '/publish', { headers })];
  for (const answer of answers) {
    t.is(answer.status, 201);
    t.like(await answer.json(), { number: 1 });
  }
  t.is((await get<RevisionList>('/revisions')).revisions.length, 1);
});

test('restoring a revision is a new edit of the draft, and publishes nothing', async (t) => {
  const { get, publish, put, request } = await writer(t.context.api);
  await put({ title: 'One', summary: 'first', body: body('one') });
  await publish();
  const changed = await put({ title: 'Two', summary: 'second', body: body('two') });
  await publish();
  const stale = await request('POST', '/revert', {
    json: { revision: 1 },
    headers: { 'if-match': `"${changed - 1}"` },
  });
  t.is(stale.status, 412);
  const reverted = await request('POST', '/revert', { json: { revision: 1 } });
  t.is(reverted.status, 200);
  const { seq } = (await reverted.json()) as { seq: number };
  t.true(seq > changed);
  t.is(reverted.headers.get('etag'), `"${seq}"`);
  t.like(await get('/draft'), { seq, title: 'One', summary: 'first', body: body('one') });
  t.like(await get(`/history?at=${changed}`), { title: 'Two', body: body('two') });
  t.like(await get(''), { published: { revision: 2 } });
  t.is((await request('POST', '/revert', { json: { revision: 9 } })).status, 404);
  t.is((await request('POST', '/revert', { json: { revision: 0 } })).status, 400);
});

test('I6 viewers see revisions and change nothing; strangers find nothing', async (t) => {
  const { api, at, owner, publish, put } = await writer(t.context.api);
  await put({ body: body('one') });
  await publish();
  const viewer = await api.author();
  const stranger = await api.author();
  await api.call('PUT', at(`/grants/${viewer.handle}`), { token: owner.token, json: { level: 'view' } });
  t.is((await api.call('GET', at('/revisions/1'), { token: viewer.token })).status, 200);
  const requests: [string, string, Call][] = [
    ['POST', '/publish', {}],
    ['POST', '/unpublish', {}],
    ['PUT', '/schedule', { json: { at: new Date(api.clock.now() + 60_000).toISOString() } }],
    ['DELETE', '/schedule', {}],
    ['POST', '/revert', { json: { revision: 1 } }],
  ];
  for (const [method, path, call] of requests) {
    t.is(await codeOf(await api.call(method, at(path), { ...call, token: viewer.token })), 'read_only', path);
    t.is((await api.call(method, at(path), { ...call, token: stranger.token })).status, 404, path);
    t.is((await api.call(method, at(path), call)).status, 401, path);
  }
  const trail = (await (await api.call('GET', at('/audit'), { token: owner.token })).json()) as AuditPage;
  const denied = trail.events.filter(({ outcome }) => outcome === 'denied').map(({ action }) => action);
  t.deepEqual(denied.sort(), [
    'document.published',
    'document.scheduled',
    'document.unpublished',
    'document.unscheduled',
  ]);
  t.is((await api.call('GET', at('/audit'), { token: viewer.token })).status, 403);
  t.is((await api.call('GET', at('/audit'), { token: stranger.token })).status, 404);
});

test('I5 the audit trail shows owners who published and from where, newest first', async (t) => {
  const { get, owner, publish, put, request } = await writer(t.context.api);
  await put({ body: body('one') });
  await publish();
  await request('POST', '/unpublish', { headers: { 'x-request-id': 'the-request' } });
  const trail = await get<AuditPage>('/audit');
  t.true(auditForm.Check(trail));
  const [latest, before] = trail.events.filter(({ action }) => action.startsWith('document.'));
  t.like(latest, { action: 'document.unpublished', outcome: 'ok' });
  t.like(latest?.actor, { kind: 'user', handle: owner.handle, requestId: 'the-request', ip: '127.0.0.1' });
  t.like(before, { action: 'document.published' });
  const { handle, token } = await t.context.api.author('co-owner');
  await request('PUT', `/grants/${handle}`, { json: { level: 'own' } });
  const seen = (await (await request('GET', '/audit', { token })).json()) as AuditPage;
  const theirs = seen.events.find(({ action }) => action === 'document.unpublished');
  t.like(theirs?.actor, { kind: 'user', handle: owner.handle, requestId: 'the-request' });
  t.false('ip' in (theirs?.actor ?? {}) || 'userAgent' in (theirs?.actor ?? {}), 'from where others came is theirs');
  await request('POST', '/revert', { json: { revision: 1 } });
  t.like((await get<AuditPage>('/audit')).events.filter(({ action }) => action !== 'draft.edited')[0], {
    action: 'document.reverted',
    details: { revision: 1 },
  });
  const page = await get<AuditPage>('/audit?limit=1');
  t.is(page.events.length, 1);
  const next = await get<AuditPage>(`/audit?limit=1&after=${page.next}`);
  t.not(next.events[0]?.id, page.events[0]?.id);
  t.is(next.events.length, 1);
});

test('PUB11 the draft is compared with what is published, also when nothing but its title or summary changed', async (t) => {
  const { api, at, get, put, publish, request } = await writer(t.context.api);
  await put({ title: 'Ice', summary: 'Cold.', body: body('one', 'old words') });
  t.is((await request('GET', '/draft/diff')).status, 404, 'nothing is published');
  const { seq } = await publish();
  const same = await get<DraftDiff>('/draft/diff');
  t.true(draftDiffForm.Check(same));
  t.like(same, { from: 1, seq, title: { from: 'Ice', to: 'Ice' }, summary: { from: 'Cold.', to: 'Cold.' } });
  t.true(same.blocks.every(({ kind }) => kind === 'same'));

  await put({ title: 'Snow' });
  const renamed = await get<DraftDiff>('/draft/diff');
  t.like(renamed, { title: { from: 'Ice', to: 'Snow' }, summary: { from: 'Cold.', to: 'Cold.' } });
  t.true(renamed.blocks.every(({ kind }) => kind === 'same'));

  const written = await put({ summary: 'White.', body: body('one', 'new words') });
  const changed = await get<DraftDiff>('/draft/diff');
  t.like(changed, { from: 1, seq: written, summary: { from: 'Cold.', to: 'White.' } });
  t.deepEqual(
    changed.blocks.map(({ kind }) => kind),
    ['same', 'changed'],
  );
  t.regex(changed.blocks[1]?.html ?? '', /<del>old<\/del>/);
  await publish();
  t.true((await get<DraftDiff>('/draft/diff')).blocks.every(({ kind }) => kind === 'same'));
  t.like(await get<DraftDiff>('/draft/diff?from=1'), { from: 1, title: { from: 'Ice', to: 'Snow' } });
  t.is((await request('GET', '/draft/diff?from=3')).status, 404);

  const stranger = await api.author();
  t.is((await api.call('GET', at('/draft/diff'), { token: stranger.token })).status, 404);
});

test('PUB12 I6 the preview is the page of readers, made of the draft, for those alone who can open it', async (t) => {
  const { api, at, put, publish, request } = await writer(t.context.api);
  await put({ title: 'Ice & <snow>', summary: 'Cold.', body: body('one') });
  const response = await request('GET', '/draft/preview');
  t.is(response.status, 200);
  t.is(response.headers.get('cache-control'), 'private, no-store');
  t.regex(response.headers.get('content-security-policy') ?? '', /^sandbox; default-src 'none'/);
  const html = await response.text();
  t.true(html.includes('<h1 dir="auto">Ice &amp; &lt;snow&gt;</h1>'));
  t.true(html.includes('<meta property="og:title" content="Ice &amp; &lt;snow&gt;">'));
  t.true(html.includes('data-revision="1"'));
  await publish();
  await put({ body: body('two') });
  const next = await (await request('GET', '/draft/preview')).text();
  t.regex(next, /<p[^>]*>two<\/p>/);
  t.true(next.includes('data-revision="2"'));
  const stranger = await api.author();
  t.is((await api.call('GET', at('/draft/preview'), { token: stranger.token })).status, 404);
  t.is((await api.call('GET', at('/draft/preview'))).status, 401);
});
