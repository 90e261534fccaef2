/** `/v1/documents`: making, listing, reading, renaming; what is private stays private. */
import anyTest, { type TestFn } from 'ava';
import { Compile } from 'typebox/compile';
import { Document, DocumentList, DocumentWithGrants } from '../../../../schemas/http.ts';
import { DraftHead } from '../../../../src/storage/postgres/entities/drafts.ts';
import { type ApiHarness, startApi } from '../../../support/api.ts';
import { migratedDatabase } from '../../../support/shared-services.ts';

const test = anyTest as TestFn<{ api: ApiHarness }>;

test.before(async (t) => {
  t.context = { api: await startApi({ databaseUrl: await migratedDatabase(), drafts: 'real' }) };
});
test.after.always((t) => t.context.api?.close());

const documentForm = Compile(Document);
const listForm = Compile(DocumentList);
const withGrantsForm = Compile(DocumentWithGrants);

test.serial('a new document belongs to its maker and has an empty draft', async (t) => {
  const { api } = t.context;
  const { token, handle } = await api.author();
  const response = await api.call('POST', '/v1/documents', { token, json: { title: '  Grüße 👋🏽 – 日本語  ' } });
  t.is(response.status, 201);
  const document = (await response.json()) as Document;
  t.true(documentForm.Check(document));
  t.like(document, { title: 'Grüße 👋🏽 – 日本語', role: 'own', owner: handle, seq: 0 });
  t.is(response.headers.get('location'), `/v1/documents/${document.id}`);
  t.like(await api.orm.em().findOneOrFail(DraftHead, document.id), { ownerNode: null, epoch: 0, headSeq: 0 });

  const read = await api.call('GET', `/v1/documents/${document.id}`, { token });
  const body = await read.json();
  t.true(withGrantsForm.Check(body));
  t.deepEqual(body, { ...document, grants: [{ handle, level: 'own' }] });
});

test.serial('LANG1 I10 a language is taken in its canonical form, and what is none is refused', async (t) => {
  const { api } = t.context;
  const { token } = await api.author();
  const create = (language: unknown) =>
    api.call('POST', '/v1/documents', { token, json: { title: 'Cranes', language } });
  const made = (await (await create('ZH-hant-tw')).json()) as Document;
  t.is(made.language, 'zh-Hant-TW');
  const change = (language: unknown) => api.call('PATCH', `/v1/documents/${made.id}`, { token, json: { language } });
  t.is(((await (await change('iw')).json()) as Document).language, 'he');
  t.is(((await (await change(null)).json()) as Document).language, 'en');
  for (const bad of ['', 'e', 'de_DE', 'en-', 'a-b-c-d', '"><script>', `en-${'x'.repeat(40)}`, 5, ['en']]) {
    t.is((await create(bad)).status, 400, String(bad));
    t.is((await change(bad)).status, 400, String(bad));
  }
});

test('I6 a token sees who has access only if it may share', async (t) => {
  const { api } = t.context;
  const { token } = await api.author();
  const id = await api.document(token);
  const grantsOf = async (scopes: string[], method: 'GET' | 'PATCH', json?: object) => {
    const made = await api.call('POST', '/v1/tokens', { token, json: { name: 'a', scopes } });
    const bearer = ((await made.json()) as { token: string }).token;
    const answer = await api.call(method, `/v1/documents/${id}`, { token: bearer, ...(json && { json }) });
    t.is(answer.status, 200);
    return 'grants' in ((await answer.json()) as object);
  };
  t.false(await grantsOf(['documents:read'], 'GET'));
  t.true(await grantsOf(['documents:read', 'share'], 'GET'));
  t.false(await grantsOf(['documents:write'], 'PATCH', { summary: 'Theirs' }));
});

test('I6 a token shows readers a draft, or who may read, only if it may publish', async (t) => {
  const { api } = t.context;
  const { token } = await api.author();
  const id = await api.document(token);
  const bearerOf = async (scopes: string[]) => {
    const made = await api.call('POST', '/v1/tokens', { token, json: { name: 'a', scopes } });
    return ((await made.json()) as { token: string }).token;
  };
  const [writer, publisher] = [await bearerOf(['documents:write']), await bearerOf(['documents:write', 'publish'])];
  for (const json of [{ live: true }, { visibility: 'public' }, { title: 'Theirs', visibility: 'private' }]) {
    const patch = (bearer: string) => api.call('PATCH', `/v1/documents/${id}`, { token: bearer, json });
    const refused = await patch(writer);
    t.is(refused.status, 403);
    t.is(((await refused.json()) as { code: string }).code, 'scope_missing');
    t.is((await patch(publisher)).status, 200);
  }
});

test.serial('the list shows what is open to the caller, newest first, page by page', async (t) => {
  const { api } = t.context;
  const mine = await api.author();
  const other = await api.author();
  const ids: string[] = [];
  for (const title of ['one', 'two', 'three']) {
    ids.unshift(await api.document(mine.token, title));
    api.clock.advance(1);
  }
  const shared = await api.document(other.token, 'shared');
  await api.document(other.token, 'not shared');
  await api.call('PUT', `/v1/documents/${shared}/grants/${mine.handle}`, {
    token: other.token,
    json: { level: 'view' },
  });

  const all = (await (await api.call('GET', '/v1/documents', { token: mine.token })).json()) as DocumentList;
  t.true(listForm.Check(all));
  t.deepEqual(
    all.documents.map(({ id }) => id),
    [shared, ...ids],
  );
  t.like(all.documents[0], { role: 'view', owner: other.handle, title: 'shared' });
  t.false('grants' in (all.documents[0] ?? {}));

  const first = (await (await api.call('GET', '/v1/documents?limit=3', { token: mine.token })).json()) as DocumentList;
  t.is(first.documents.length, 3);
  t.is(first.next?.split('.')[1], ids[1]);
  const rest = await api.call('GET', `/v1/documents?limit=3&after=${first.next}`, { token: mine.token });
  const last = (await rest.json()) as DocumentList;
  t.deepEqual(
    last.documents.map(({ id }) => id),
    [ids[2]],
  );
  t.is(last.next, undefined);

  // A place says when; whether there is a document of that id, mine or another's, changes nothing.
  const [createdUs] = first.next?.split('.') ?? [];
  const hidden = await api.document(other.token, 'hidden');
  const neighbour = hidden.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const behind = async (id: string) =>
    await (await api.call('GET', `/v1/documents?after=${createdUs}.${id}`, { token: mine.token })).text();
  t.is(await behind(hidden), await behind(neighbour));
  t.is((await api.call('GET', `/v1/documents?after=${hidden}`, { token: mine.token })).status, 400);

  for (const query of ['limit=0', 'limit=201', 'limit=x', 'after=x', 'colour=red']) {
    const refused = await api.call('GET', `/v1/documents?${query}`, { token: mine.token });
    t.is(refused.status, 400, query);
  }
});

test.serial('renaming needs the level edit', async (t) => {
  const { api } = t.context;
  const owner = await api.author();
  const editor = await api.author();
  const viewer = await api.author();
  const id = await api.document(owner.token, 'Old');
  const path = `/v1/documents/${id}`;
  const grant = (handle: string, level: string) =>
    api.call('PUT', `${path}/grants/${handle}`, { token: owner.token, json: { level } });
  await grant(editor.handle, 'edit');
  await grant(viewer.handle, 'view');

  const renamed = await api.call('PATCH', path, { token: editor.token, json: { title: 'New' } });
  t.is(renamed.status, 200);
  t.like(await renamed.json(), { id, title: 'New', role: 'edit' });
  const refused = await api.call('PATCH', path, { token: viewer.token, json: { title: 'Mine' } });
  t.is(refused.status, 403);
  t.like(await refused.json(), { code: 'read_only' });
  t.like(await (await api.call('GET', path, { token: viewer.token })).json(), { title: 'New', role: 'view' });
});

test.serial('only owners see who else has access', async (t) => {
  const { api } = t.context;
  const owner = await api.author();
  const editor = await api.author();
  const id = await api.document(owner.token);
  await api.call('PUT', `/v1/documents/${id}/grants/${editor.handle}`, { token: owner.token, json: { level: 'edit' } });
  const body = (await (await api.call('GET', `/v1/documents/${id}`, { token: editor.token })).json()) as object;
  t.true(documentForm.Check(body), 'no grants in it');
});

test.serial("I6 another user's private document gets the same answer as one that does not exist", async (t) => {
  const { api } = t.context;
  const owner = await api.author();
  const stranger = await api.author();
  const closed = await api.document(owner.token, 'Private');
  const missing = crypto.randomUUID();
  const requests: [string, string, object][] = [
    ['GET', '', {}],
    ['PATCH', '', { json: { title: 'X' } }],
    ['PUT', `/grants/${owner.handle}`, { json: { level: 'view' } }],
    ['PUT', '/grants/nobody-at-all', { json: { level: 'view' } }],
    ['PUT', `/grants/${stranger.handle}`, { json: { level: 'own' } }],
    ['DELETE', `/grants/${owner.handle}`, {}],
    ['DELETE', `/grants/${stranger.handle}`, {}],
    ['POST', '/updates', { body: new Uint8Array([0, 0]) }],
  ];
  for (const [method, suffix, call] of requests) {
    const answers = [];
    for (const id of [closed, missing, 'not-an-id', closed.toUpperCase()]) {
      const response = await api.call(method, `/v1/documents/${id}${suffix}`, { token: stranger.token, ...call });
      const headers = [...response.headers].filter(([name]) => name !== 'x-request-id');
      answers.push({ status: response.status, headers, body: await response.text() });
    }
    t.is(answers[0]?.status, 404, `${method} ${suffix}`);
    for (const answer of answers) t.deepEqual(answer, answers[0], `${method} ${suffix}`);
  }
  t.like(await (await api.call('GET', `/v1/documents/${closed}`, { token: owner.token })).json(), { seq: 0 });
});
