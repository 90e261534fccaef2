/** Drafts over HTTP: reading them in every format, writing them beside others, and their past. */
import anyTest, { type TestFn } from 'ava';
import { Compile } from 'typebox/compile';
import * as Y from 'yjs';
import { Accepted, Draft, PastDraft } from '../../../../schemas/http.ts';
import { readContent, writeContent } from '../../../../src/content/yjs/draft.ts';
import { type ApiHarness, type Call, startApi } from '../../../support/api.ts';
import { migratedDatabase } from '../../../support/shared-services.ts';

const test = anyTest as TestFn<{ api: ApiHarness }>;

test.before(async (t) => {
  t.context = { api: await startApi({ databaseUrl: await migratedDatabase(), drafts: 'real' }) };
});
test.after.always((t) => t.context.api?.close());

const draftForm = Compile(Draft);
const pastForm = Compile(PastDraft);
const acceptedForm = Compile(Accepted);

const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });
const body = (...texts: string[]) => ({ type: 'doc', content: texts.map(paragraph) });

/** An author with a document, and requests below it. */
async function writer(api: ApiHarness, title = 'A title') {
  const owner = await api.author();
  const id = await api.document(owner.token, title);
  const at = (path: string) => `/v1/documents/${id}${path}`;
  const request = (method: string, path: string, call: Call = {}) =>
    api.call(method, at(path), { token: owner.token, ...call });
  const text = (type: string, content: string, headers: Record<string, string> = {}): Call => ({
    body: content,
    headers: { 'content-type': type, ...headers },
  });
  const put = (call: Call, query = '') => request('PUT', `/draft${query}`, call);
  const append = (call: Call) => request('POST', '/draft/blocks', call);
  const read = async () => (await (await request('GET', '/draft')).json()) as Draft;
  return { api, owner, id, at, request, text, put, append, read };
}
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;
const seqOf = async (response: Response) => ((await response.json()) as Accepted).seq;

test('I1 what was put is read back, in every format, under the position of its commit', async (t) => {
  const { put, read, request } = await writer(t.context.api);
  const written = await put({ json: { title: ' A new title ', summary: 'About it', body: body('one', 'two') } });
  t.is(written.status, 200);
  const accepted = (await written.json()) as Accepted;
  t.true(acceptedForm.Check(accepted));
  const { seq } = accepted;
  t.true(seq > 0);
  t.is(written.headers.get('etag'), `"${seq}"`);

  const draft = await read();
  t.true(draftForm.Check(draft));
  t.like(draft, { seq, title: 'A new title', summary: 'About it', body: body('one', 'two') });

  const formats: [string, string, string][] = [
    ['html', 'text/html', '<p>one</p><p>two</p>'],
    ['markdown', 'text/markdown', 'one\n\ntwo'],
    ['text', 'text/plain', 'one\n\ntwo'],
  ];
  for (const [format, type, expected] of formats) {
    const asked = await request('GET', `/draft?format=${format}`, { headers: { accept: 'application/json' } });
    const negotiated = await request('GET', '/draft', { headers: { accept: type } });
    for (const response of [asked, negotiated]) {
      t.is(response.status, 200);
      t.is(response.headers.get('content-type'), `${type}; charset=utf-8`);
      t.is(response.headers.get('etag'), `"${seq}"`);
      t.is(response.headers.get('vary'), 'Accept');
      t.is((await response.text()).trimEnd().replaceAll('>\n<', '><'), expected, format);
    }
  }
  const state = await request('GET', '/draft', { headers: { accept: 'application/octet-stream' } });
  t.is(state.headers.get('content-type'), 'application/octet-stream');
  const doc = new Y.Doc();
  Y.applyUpdate(doc, new Uint8Array(await state.arrayBuffer()));
  t.deepEqual(readContent(doc), { title: 'A new title', summary: 'About it', body: body('one', 'two') } as never);
});

test('a new draft has the document’s title and an empty text', async (t) => {
  const { read, request } = await writer(t.context.api, 'Untouched');
  t.like(await read(), { seq: 0, title: 'Untouched', summary: '' });
  t.is((await request('GET', '/draft?format=text')).status, 200);
});

test('an unknown format is refused', async (t) => {
  const { request } = await writer(t.context.api);
  const image = await request('GET', '/draft', { headers: { accept: 'image/png' } });
  t.is(image.status, 406);
  t.is(await codeOf(image), 'not_acceptable');
  for (const query of ['?format=pdf', '?format=', '?form=html', '?format=html&format=text']) {
    t.is((await request('GET', `/draft${query}`)).status, 400, query);
  }
});

test('a client that has the present version gets 304', async (t) => {
  const { put, request } = await writer(t.context.api);
  const seq = await seqOf(await put({ json: { body: body('one') } }));
  const same = await request('GET', '/draft', { headers: { 'if-none-match': `W/"${seq}"` } });
  t.is(same.status, 304);
  t.is(same.headers.get('etag'), `"${seq}"`);
  t.is(await same.text(), '');
  const other = await request('GET', '/draft', { headers: { 'if-none-match': `"${seq - 1}"` } });
  t.is(other.status, 200);
});

test('HTML and Markdown replace the text and leave the title', async (t) => {
  const { put, read, text } = await writer(t.context.api);
  await put({ json: { title: 'Kept', summary: 'Kept too' } });
  t.is((await put(text('text/html', '<h1>Head</h1><p>a <strong>b</strong></p>'))).status, 200);
  t.like(await read(), { title: 'Kept', summary: 'Kept too' });
  t.deepEqual(
    (await read()).body.content.map(({ type }) => type),
    ['heading', 'paragraph'],
  );
  t.is((await put(text('text/markdown; charset=utf-8', '- one\n- two'))).status, 200);
  t.deepEqual(
    (await read()).body.content.map(({ type }) => type),
    ['bulletList'],
  );
});

test('I9 a text that fills the limit is read and written', async (t) => {
  const { put, request, text } = await writer(t.context.api);
  const html = `<p>${'Words that fill a paragraph until it is long enough. '.repeat(8)}</p>`.repeat(2_000);
  t.true(html.length > 800_000);
  t.is((await put(text('text/html', html))).status, 200);
  const back = await (await request('GET', '/draft?format=text')).text();
  t.is(back.match(/Words that fill/g)?.length, 16_000);
  const tooLarge = await put(text('text/html', 'x'.repeat(1_048_577)));
  t.is(tooLarge.status, 413);
  t.is(await codeOf(tooLarge), 'body_too_large');
});

test('blocks are appended behind what is there', async (t) => {
  const { append, put, read, text } = await writer(t.context.api);
  await put({ json: { body: body('one') } });
  t.is((await append({ json: { blocks: [paragraph('two'), paragraph('three')] } })).status, 200);
  t.is((await append(text('text/html', '<p>four</p>'))).status, 200);
  const last = await append(text('text/markdown', 'five'));
  t.deepEqual((await read()).body, body('one', 'two', 'three', 'four', 'five'));
  t.is((await read()).seq, await seqOf(last));
});

test('a repeated request with its key appends once and gets the first answer', async (t) => {
  const { append, put, read } = await writer(t.context.api);
  await put({ json: { body: body('one') } });
  const key = { 'idempotency-key': crypto.randomUUID() };
  const blocks = { blocks: [paragraph('two')] };
  const first = await append({ json: blocks, headers: key });
  const again = await append({ json: blocks, headers: key });
  t.is(again.headers.get('idempotency-replayed'), 'true');
  t.is(again.headers.get('etag'), first.headers.get('etag'));
  t.is(await seqOf(again), await seqOf(first));
  t.deepEqual((await read()).body, body('one', 'two'));
  t.is((await append({ json: { blocks: [paragraph('three')] }, headers: key })).status, 422);
});

test('invalid content is refused with what is wrong, and changes nothing', async (t) => {
  const { append, put, read, text } = await writer(t.context.api);
  await put({ json: { body: body('one') } });
  const before = await read();
  const deep = (levels: number): object =>
    levels === 0 ? paragraph('x') : { type: 'blockquote', content: [deep(levels - 1)] };
  const refused: [Promise<Response>, number][] = [
    [put({ json: { body: { type: 'doc', content: [{ type: 'script' }] } } }), 422],
    [put({ json: { body: { type: 'doc', content: [{ type: 'text', text: 'bare' }] } } }), 422],
    [put({ json: { body: { type: 'doc', content: [deep(60)] } } }), 422],
    [put(text('text/html', '<b>'.repeat(10_000))), 422],
    [append({ json: { blocks: [{ type: 'doc', content: [] }] } }), 422],
    [append(text('text/html', '')), 422],
    [append(text('text/markdown', ' \n ')), 422],
    [put({ json: {} }), 400],
    [put({ json: { title: ' ' } }), 400],
    [put({ json: { body: { type: 'paragraph' } } }), 400],
    [put({ json: { text: 'x' } }), 400],
    [append({ json: { blocks: [] } }), 400],
    [put(text('text/html', '<p>x</p>'), '?base=-1'), 400],
    [put(text('text/plain', 'x')), 415],
    [put(text('application/json', '{')), 400],
  ];
  for (const [answer, status] of refused) {
    const response = await answer;
    const problem = (await response.json()) as { code: string; detail: string };
    t.is(response.status, status, JSON.stringify(problem));
    if (status === 422) t.is(problem.code, 'content_invalid');
    t.true(problem.detail.length > 0);
  }
  t.deepEqual(await read(), before);
});

test('If-Match lets a write through at its position alone', async (t) => {
  const { append, put, read } = await writer(t.context.api);
  const first = await seqOf(await put({ json: { body: body('one') } }));
  const second = await seqOf(await put({ json: { body: body('one', 'two') } }));
  const match = (value: string, text: string) => put({ json: { body: body(text) }, headers: { 'if-match': value } });
  for (const value of [`"${first}"`, `W/"${second}"`, '"nothing"', `"${first}", "${second + 1}"`]) {
    const stale = await match(value, 'stale');
    t.is(stale.status, 412, value);
    t.is(await codeOf(stale), 'precondition_failed');
  }
  t.is((await match('7', 'stale')).status, 400);
  t.deepEqual((await read()).body, body('one', 'two'));

  const third = await seqOf(await match(`"${first}", "${second}"`, 'listed'));
  const fourth = await seqOf(await match(`"${third}"`, 'matched'));
  t.is((await match('*', 'any')).status, 200);
  const blocks = { blocks: [paragraph('late')] };
  t.is((await append({ json: blocks, headers: { 'if-match': `"${fourth}"` } })).status, 412);
  t.deepEqual((await read()).body, body('any'));
});

test('a write from an older position keeps what others wrote since', async (t) => {
  const { put, read } = await writer(t.context.api);
  const base = await seqOf(await put({ json: { body: body('one', 'two', 'three') } }));
  await put({ json: { body: body('one by another', 'two', 'three') } });
  const merged = await put({ json: { body: body('one', 'two', 'three of mine') } }, `?base=${base}`);
  t.is(merged.status, 200);
  t.deepEqual((await read()).body, body('one by another', 'two', 'three of mine'));
});

test('an author who types meanwhile loses nothing to a write', async (t) => {
  const { put, read, request } = await writer(t.context.api);
  await put({ json: { body: body('one', 'two') } });
  const doc = new Y.Doc();
  Y.applyUpdate(doc, new Uint8Array(await (await request('GET', '/draft?format=yjs')).arrayBuffer()));
  const before = Y.encodeStateVector(doc);
  const text = (doc.getXmlFragment('body').get(0) as Y.XmlElement).get(0) as Y.XmlText;
  text.insert(text.length, ' typed');
  // What was typed comes in after a write that knew nothing of it.
  await put({ json: { body: body('one', 'two', 'three') } });
  const typed = Y.encodeStateAsUpdate(doc, before);
  t.is((await request('POST', '/updates', { body: new Uint8Array(typed) })).status, 200);
  t.deepEqual((await read()).body, body('one typed', 'two', 'three'));
});

test('a write that changes nothing takes no position', async (t) => {
  const { put } = await writer(t.context.api);
  const first = await seqOf(await put({ json: { body: body('one') } }));
  t.is(await seqOf(await put({ json: { body: body('one') } })), first);
});

test('I6 strangers find no draft, viewers write none', async (t) => {
  const { api, at, owner } = await writer(t.context.api);
  const stranger = await api.author();
  const viewer = await api.author();
  await api.call('PUT', at(`/grants/${viewer.handle}`), { token: owner.token, json: { level: 'view' } });
  const requests: [string, string, Call][] = [
    ['PUT', '/draft', { json: { body: body('x') } }],
    ['POST', '/draft/blocks', { json: { blocks: [paragraph('x')] } }],
  ];
  for (const [method, path, call] of requests) {
    t.is((await api.call(method, at(path), { ...call, token: stranger.token })).status, 404);
    t.is(await codeOf(await api.call(method, at(path), { ...call, token: viewer.token })), 'read_only');
    t.is((await api.call(method, at(path), call)).status, 401);
  }
  for (const path of ['/draft', '/history?at=0']) {
    t.is((await api.call('GET', at(path), { token: stranger.token })).status, 404);
    t.is((await api.call('GET', at(path), { token: viewer.token })).status, 200);
    t.is((await api.call('GET', at(path))).status, 401);
  }
});

test('a past position of the draft can be read in every format', async (t) => {
  const { put, request } = await writer(t.context.api, 'First title');
  const first = await seqOf(await put({ json: { body: body('one') } }));
  const second = await seqOf(await put({ json: { title: 'Second title', body: body('one', 'two') } }));

  const past = (await (await request('GET', `/history?at=${first}`)).json()) as PastDraft;
  t.true(pastForm.Check(past));
  t.like(past, { seq: first, body: body('one') });
  t.like(await (await request('GET', `/history?at=${second}`)).json(), { seq: second, title: 'Second title' });
  t.like(await (await request('GET', '/history?at=0')).json(), { seq: 0, summary: '' });

  const markdown = await request('GET', `/history?at=${first}&format=markdown`);
  t.is((await markdown.text()).trimEnd(), 'one');
  t.is(markdown.headers.get('etag'), `"${first}"`);
  const state = await request('GET', `/history?at=${first}&format=yjs`);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, new Uint8Array(await state.arrayBuffer()));
  t.deepEqual(readContent(doc).body, body('one') as never);
  const same = await request('GET', `/history?at=${first}`, { headers: { 'if-none-match': `"${first}"` } });
  t.is(same.status, 304);

  for (const [query, status] of [
    [`?at=${second + 1}`, 404],
    ['?at=9007199254740991', 404],
    ['?at=-1', 400],
    ['?at=x', 400],
    ['', 400],
  ] as const) {
    t.is((await request('GET', `/history${query}`)).status, status, query);
  }
  t.is((await request('GET', `/history?at=${first}`, { headers: { accept: 'image/png' } })).status, 406);
});

test('I10 whatever Yjs content was sent, every format of it can be read', async (t) => {
  const { request } = await writer(t.context.api);
  const doc = new Y.Doc();
  writeContent(doc, { title: 'x', body: body('fine') as never });
  const fragment = doc.getXmlFragment('body');
  const hostile = new Y.XmlElement('script');
  fragment.push([hostile, new Y.XmlText('bare')]);
  hostile.setAttribute('src', 'https://evil.example/x.js');
  const posted = await request('POST', '/updates', { body: new Uint8Array(Y.encodeStateAsUpdate(doc)) });
  t.is(posted.status, 200);
  for (const format of ['json', 'html', 'markdown', 'text', 'yjs']) {
    const response = await request('GET', `/draft?format=${format}`);
    t.is(response.status, 200, format);
    if (format === 'html') t.notRegex(await response.text(), /<script|evil/);
  }
});
