/** The history of a draft over HTTP: its writing sessions, what differs between two positions, and the way back to one. */
import anyTest, { type TestFn } from 'ava';
import { Compile } from 'typebox/compile';
import type { Accepted, AuditPage, Draft, RevisionSummary } from '../../../../schemas/http.ts';
import { HistoryDiff, WritingSessionList } from '../../../../schemas/http.ts';
import { type ApiHarness, type Call, startApi } from '../../../support/api.ts';
import { migratedDatabase } from '../../../support/shared-services.ts';

const test = anyTest as TestFn<{ api: ApiHarness }>;

test.before(async (t) => {
  t.context = { api: await startApi({ databaseUrl: await migratedDatabase(), drafts: 'real' }) };
});
test.after.always((t) => t.context.api?.close());

const listForm = Compile(WritingSessionList);
const diffForm = Compile(HistoryDiff);

const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });
const body = (...texts: string[]) => ({ type: 'doc', content: texts.map(paragraph) });
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;
const kinds = ({ blocks }: HistoryDiff) => blocks.map(({ kind }) => kind);

async function writer(api: ApiHarness, title = 'A title') {
  const owner = await api.author();
  const id = await api.document(owner.token, title);
  const at = (path = '') => `/v1/documents/${id}${path}`;
  const request = (method: string, path: string, call: Call = {}) =>
    api.call(method, at(path), { token: owner.token, ...call });
  const get = async <T>(path: string, token = owner.token) =>
    (await (await request('GET', path, { token })).json()) as T;
  const put = async (json: object, token = owner.token) =>
    ((await (await request('PUT', '/draft', { json, token })).json()) as Accepted).seq;
  const sessions = (query = '') => get<WritingSessionList>(`/writing-sessions${query}`);
  /** What was written so far was written an hour earlier. */
  const laterOn = () =>
    api.orm.query(`update draft_updates set at = at - interval '1 hour' where document_id = $1`, [id]);
  const grant = async (level: string) => {
    const user = await api.author();
    await request('PUT', `/grants/${user.handle}`, { json: { level } });
    return user;
  };
  return { api, owner, id, at, request, get, put, sessions, laterOn, grant };
}

test('HIST1 writing sessions say who wrote and when, newest first, page by page', async (t) => {
  const { grant, id, laterOn, owner, put, sessions } = await writer(t.context.api);
  t.deepEqual(await sessions(), { sessions: [] });
  const editor = await grant('edit');
  const first = await put({ body: body('one') });
  await laterOn();
  const second = await put({ body: body('one', 'two') });
  const third = await put({ body: body('one', 'two', 'three') }, editor.token);

  const list = await sessions();
  t.true(listForm.Check(list), JSON.stringify(listForm.Errors(list)));
  t.deepEqual(
    list.sessions.map(({ firstSeq, lastSeq, edits, authors }) => [
      firstSeq,
      lastSeq,
      edits,
      authors.map(({ handle }) => handle).sort(),
    ]),
    [
      [first + 1, third, third - first, [owner.handle, editor.handle].sort()],
      [1, first, first, [owner.handle]],
    ],
  );
  const [{ endedAt } = { endedAt: '' }, { startedAt } = { startedAt: '' }] = list.sessions;
  t.true(Date.parse(startedAt) <= Date.parse(endedAt) - 3_600_000);
  t.true(second > first && third > second);

  const newest = await sessions('?limit=1');
  t.deepEqual(newest.sessions, list.sessions.slice(0, 1));
  t.is(newest.next, first + 1);
  t.deepEqual(await sessions(`?limit=1&before=${newest.next}`), { sessions: list.sessions.slice(1) });
  t.deepEqual(await sessions('?before=9007199254740991'), list, 'a position that is not reached yet');
  for (const query of ['?before=0', '?before=x', '?limit=0', '?limit=201', '?after=1']) {
    t.is((await t.context.api.call('GET', `/v1/documents/${id}/writing-sessions${query}`, owner)).status, 400, query);
  }
});

test('HIST3 two positions are compared, or one with the present, and the answer says whose edits they are', async (t) => {
  const { get, grant, owner, put, request } = await writer(t.context.api, 'Under way');
  const first = await put({ title: 'Ice', summary: 'Cold.', body: body('one', 'old words') });
  const editor = await grant('edit');
  const second = await put({ title: 'Snow', body: body('one', 'new words', 'more') }, editor.token);

  const diff = await get<HistoryDiff>(`/history/diff?from=${first}&to=${second}`);
  t.true(diffForm.Check(diff), JSON.stringify(diffForm.Errors(diff)));
  t.like(diff, { title: { from: 'Ice', to: 'Snow' }, summary: { from: 'Cold.', to: 'Cold.' } });
  t.like(diff.from, { seq: first, editedBy: owner.handle });
  t.like(diff.to, { seq: second, editedBy: editor.handle });
  t.deepEqual(kinds(diff), ['same', 'changed', 'added']);
  t.regex(diff.blocks[1]?.html ?? '', /<del>old<\/del>/);
  t.deepEqual(await get(`/history/diff?from=${first}`), diff, 'the present is where the draft is now');

  const back = await get<HistoryDiff>(`/history/diff?from=${second}&to=${first}`);
  t.deepEqual(kinds(back), ['same', 'changed', 'removed']);
  const same = await get<HistoryDiff>(`/history/diff?from=${first}&to=${first}`);
  t.deepEqual(kinds(same), ['same', 'same']);
  t.deepEqual([same.from, same.title], [same.to, { from: 'Ice', to: 'Ice' }]);
  const whole = await get<HistoryDiff>(`/history/diff?from=0&to=${first}`);
  t.true(diffForm.Check(whole));
  t.deepEqual(whole.from, { seq: 0 });

  for (const [query, status] of [
    [`?from=${second + 1}`, 404],
    [`?from=0&to=${second + 1}`, 404],
    ['?from=-1', 400],
    ['?to=1', 400],
    ['', 400],
  ] as const) {
    t.is((await request('GET', `/history/diff${query}`)).status, status, query);
  }
});

test('HIST3 a moment is compared with what was published by the position of the revision', async (t) => {
  const { get, put, request } = await writer(t.context.api);
  await put({ title: 'Ice', body: body('one') });
  const { seq } = (await (await request('POST', '/publish')).json()) as RevisionSummary;
  const later = await put({ body: body('one', 'two') });
  t.deepEqual(kinds(await get<HistoryDiff>(`/history/diff?from=${seq}&to=${later}`)), ['same', 'added']);
  t.deepEqual(
    (await get<HistoryDiff>(`/history/diff?from=${seq}`)).blocks,
    (await get<HistoryDiff>('/draft/diff')).blocks,
  );
});

test('HIST4 any moment is restored as a new edit, and nothing is lost or published', async (t) => {
  const { get, put, request } = await writer(t.context.api);
  const first = await put({ title: 'One', summary: 'first', body: body('one') });
  const second = await put({ title: 'Two', summary: 'second', body: body('two') });
  const restore = (json: object, headers: Record<string, string> = {}) => request('POST', '/revert', { json, headers });

  const stale = await restore({ seq: first }, { 'if-match': `"${first}"` });
  t.deepEqual([stale.status, await codeOf(stale)], [412, 'precondition_failed']);
  const headers = { 'idempotency-key': crypto.randomUUID(), 'if-match': `"${second}"` };
  const restored = await restore({ seq: first }, headers);
  t.is(restored.status, 200);
  const { seq } = (await restored.json()) as Accepted;
  t.true(seq > second);
  t.is(restored.headers.get('etag'), `"${seq}"`);
  t.like(await get<Draft>('/draft'), { seq, title: 'One', summary: 'first', body: body('one') });
  t.like(await get(`/history?at=${second}`), { title: 'Two', summary: 'second', body: body('two') });
  t.like(await get(''), { published: null });
  t.is(((await (await restore({ seq: first }, headers)).json()) as Accepted).seq, seq, 'repeated, it is done once');
  t.like(
    (await get<AuditPage>('/audit')).events.find(({ action }) => action === 'document.reverted'),
    { details: { position: first, seq } },
  );

  const again = await restore({ seq: second });
  t.like(await get<Draft>('/draft'), { title: 'Two', summary: 'second', body: body('two') }, 'and back');
  const { seq: present } = (await again.json()) as Accepted;
  for (const [json, status] of [
    [{ seq: present + 1 }, 404],
    [{ seq: -1 }, 400],
    [{ seq: first, revision: 1 }, 400],
    [{}, 400],
  ] as const) {
    t.is((await restore(json)).status, status, JSON.stringify(json));
  }
  t.like(await get<Draft>('/draft'), { seq: present });
});

test('HIST4 the empty draft is restored without taking the title of the document', async (t) => {
  const { get, put, request } = await writer(t.context.api, 'Named');
  await put({ body: body('one') });
  t.is((await request('POST', '/revert', { json: { seq: 0 } })).status, 200);
  t.like(await get(''), { title: 'Named' });
  t.is((await (await request('GET', '/draft?format=text')).text()).trim(), '');
  await put({ title: 'Renamed', summary: 'About it' });
  t.is((await request('POST', '/revert', { json: { seq: 0 } })).status, 200);
  t.like(await get<Draft>('/draft'), { title: 'Renamed', summary: 'About it' }, 'what was not there stays');
});

test('I6 HIST5 whoever can read the draft reads its history; viewers restore nothing, strangers find nothing', async (t) => {
  const { api, at, grant, put, request } = await writer(t.context.api);
  const seq = await put({ body: body('one') });
  const viewer = await grant('view');
  const stranger = await api.author();
  for (const path of ['/writing-sessions', `/history/diff?from=0&to=${seq}`]) {
    t.is((await api.call('GET', at(path), viewer)).status, 200, path);
    t.is((await api.call('GET', at(path), stranger)).status, 404, path);
    t.is((await api.call('GET', at(path))).status, 401, path);
  }
  const json = { seq: 0 };
  t.is(await codeOf(await api.call('POST', at('/revert'), { token: viewer.token, json })), 'read_only');
  t.is((await api.call('POST', at('/revert'), { token: stranger.token, json })).status, 404);
  await request('DELETE', '');
  for (const path of ['/writing-sessions', '/history/diff?from=0']) {
    t.is((await request('GET', path)).status, 404, `${path} of a deleted document`);
  }
});
