/** What the widget surface serves over HTTP: public JSON, streams of revisions, the script and the page that embeds it. */
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import test from 'ava';
import { frameSnippetOf, slugOf, snippetOf } from '../../../src/clients/pages/common/snippet.ts';
import { createWidgetScripts } from '../../../src/gateway/widget/scripts.ts';
import { ROOT } from '../../support/root.ts';
import { temporaryFolder } from '../../support/services.ts';
import { widgetWorld } from '../../support/widget.ts';

const folder = temporaryFolder('widget');
const webDir = `${folder.path}/web`;

test.before(async () => {
  const { buildWeb } = (await import(new URL('../../../scripts/build-web.mjs', import.meta.url).href)) as {
    buildWeb(options: { root: string; outDir: string }): Promise<string>;
  };
  await buildWeb({ root: ROOT, outDir: webDir });
});
test.after.always(() => folder.remove());

test('public JSON is cacheable, compressed, open to every origin, and not sent twice', async (t) => {
  const world = await widgetWorld(t, 'node');
  const id = await world.shown('cranes', 'They come in April. '.repeat(100));
  const read = (headers: Record<string, string> = {}) =>
    world.get('/v1/public/cranes', { 'accept-encoding': 'identity', ...headers });
  const answer = await read();
  t.is(answer.headers.get('cache-control'), 'public, max-age=1');
  t.is(answer.headers.get('access-control-allow-origin'), '*');
  t.is(answer.headers.get('cross-origin-resource-policy'), 'cross-origin');
  t.is(answer.headers.get('vary'), 'accept-encoding');
  t.like(await answer.json(), { slug: 'cranes', revision: 1, author: world.owner.handle });
  const etag = answer.headers.get('etag') ?? '';
  t.is((await read({ 'if-none-match': etag })).status, 304);
  for (const coding of ['gzip', 'br']) {
    const packed = await read({ 'accept-encoding': coding });
    t.is(packed.headers.get('content-encoding'), coding);
    t.not(packed.headers.get('etag'), etag);
    t.like(await packed.json(), { revision: 1 });
  }
  await world.publish(id, 'new');
  const next = await read({ 'if-none-match': etag });
  t.is(next.status, 200);
  t.like(await next.json(), { revision: 2 });
});

test('I7 long polling brings each revision once, in order, and waits for the next', async (t) => {
  const world = await widgetWorld(t, 'uws');
  const id = await world.shown('cranes', 'one');
  await world.publish(id, 'two');
  await world.publish(id, 'three');
  const page = async (query: string) =>
    (await (await world.get(`/v1/public/cranes/events${query}`)).json()) as {
      revisions: { revision: number }[];
      next: number;
    };
  const missed = await page('?after=1');
  t.deepEqual([missed.revisions.map(({ revision }) => revision), missed.next], [[2, 3], 3]);
  t.deepEqual(await page('?after=3'), { revisions: [], next: 3 });
  const waiting = page('?after=3&wait=30');
  await world.publish(id, 'four');
  t.like(await waiting, { next: 4 });
  t.is((await page('')).revisions.length, 1, 'who has none gets the current one');
  t.is((await world.get('/v1/public/cranes/events?after=-1')).status, 400);
  t.is((await world.get('/v1/public/nothing/events?after=1&wait=60')).status, 403);
});

test('I7 an event stream sends revisions with their positions, and the end', async (t) => {
  const world = await widgetWorld(t, 'uws');
  const id = await world.shown('cranes', 'one');
  await world.publish(id, 'two');
  const answer = await world.get('/v1/public/cranes/events', { accept: 'text/event-stream', 'last-event-id': '1' });
  t.is(answer.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let said = '';
  const until = async (words: string): Promise<void> => {
    while (!said.includes(words)) {
      const { value, done } = (await reader?.read()) ?? { done: true };
      if (done) throw new Error(`ended before ${words}: ${said}`);
      said += value;
    }
  };
  await until(`id: 2.${id}\nevent: revision\ndata: {"type":"revision","document":"cranes","id":"${id}","revision":2`);
  await world.publish(id, 'three');
  await until(`id: 3.${id}\n`);
  await world.unpublish(id);
  await until('event: gone\ndata: {"type":"gone","document":"cranes"}');
  t.true((await reader?.read())?.done);
  t.is(said.split('event: revision').length, 3);
});

test("I6 I7 whoever comes back to a name that is another document's gets all of that one, over every transport", async (t) => {
  const world = await widgetWorld(t, 'uws');
  const id = await world.shown('cranes', 'of cranes');
  const other = await world.shown('storks', 'of storks');
  await world.change(id, { slug: 'elsewhere', visibility: 'private' });
  await world.change(other, { slug: 'cranes' });
  const present = { document: 'cranes', id: other, revision: 1, html: '<p>of storks</p>' };
  const polled = await world.get(`/v1/public/cranes/events?after=1&document=${id}`);
  t.like(await polled.json(), { revisions: [present], next: 1 });
  const streamed = await world.get('/v1/public/cranes/events', {
    accept: 'text/event-stream',
    'last-event-id': `1.${id}`,
  });
  const reader = streamed.body?.pipeThrough(new TextDecoderStream()).getReader();
  let said = '';
  while (!said.includes('of storks')) said += (await reader?.read())?.value ?? '';
  t.true(said.includes(`id: 1.${other}\n`));
  await reader?.cancel();
  t.like(await world.connect(`documents=cranes&since=1.${id}`).next(), present);
  const socket = world.connect(`documents=nothing,elsewhere,cranes&since=0,0,1.${other}`);
  t.like([await socket.next(), await socket.next()], [{ type: 'gone' }, { type: 'gone' }]);
  socket.say({ type: 'follow', documents: [{ slug: 'cranes', since: 1, id }] });
  await world.publish(other, 'of storks again');
  t.like(await socket.next(), { id: other, revision: 2 });
  t.is((await world.get('/v1/public/cranes/events', { 'last-event-id': `1.${id}x` })).status, 400);
  t.is((await world.get('/v1/public/cranes/events?after=1&document=x')).status, 400);
  t.is((await world.connect('documents=cranes&since=1.x').closed).code, 4400);
});

test('the script is one small file for every origin', async (t) => {
  const scripts = createWidgetScripts({ webDir });
  const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    scripts(new Request(`http://stet.example${path}`, { headers, method }));
  const plain = await get('/widget.js');
  const source = new Uint8Array((await plain?.arrayBuffer()) ?? []);
  t.true(gzipSync(source, { level: 9 }).length <= 5.5 * 1_024);
  t.notRegex(Buffer.from(source).toString(), /\bimport\b|document\.cookie|localStorage|sessionStorage|indexedDB/);
  t.is(plain?.headers.get('access-control-allow-origin'), '*');
  t.is(plain?.headers.get('cross-origin-resource-policy'), 'cross-origin');
  t.is(plain?.headers.get('content-type'), 'text/javascript; charset=utf-8');
  t.is(plain?.headers.get('set-cookie'), null);
  const gzip = await get('/widget.js', { 'accept-encoding': 'gzip' });
  t.true(gzip !== undefined && Number((await gzip.clone().arrayBuffer()).byteLength) <= 5.5 * 1_024);
  t.deepEqual(gunzipSync((await gzip?.arrayBuffer()) ?? ''), Buffer.from(source));
  const br = await get('/widget.js', { 'accept-encoding': 'br' });
  t.deepEqual(brotliDecompressSync((await br?.arrayBuffer()) ?? ''), Buffer.from(source));
  t.is((await get('/widget.js', { 'if-none-match': plain?.headers.get('etag') ?? '' }))?.status, 304);
  t.is((await get('/widget.js', {}, 'POST'))?.status, 405);
  t.is(await get('/other'), undefined);
});

test('XSS4 the page for embedding runs nothing inline and cannot be framed', async (t) => {
  const scripts = createWidgetScripts({ webDir });
  const page = await scripts(
    new Request('http://stet.example/embed', { headers: { host: "evil; script-src 'unsafe-inline'" } }),
  );
  const policy = page?.headers.get('content-security-policy') ?? '';
  t.true(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self';"));
  t.true(policy.includes("connect-src 'self';"));
  t.true(policy.includes("frame-ancestors 'none'"));
  t.notRegex((await page?.text()) ?? '', /<script(?![^>]* src=)|<style|\son\w+=|\sstyle=/);
});

test('EMBED1 EMBED4 the codes take over the theme, and what a missing document leaves', (t) => {
  const look = { theme: 'dark', variables: {}, hidesMissing: true } as const;
  t.true(
    snippetOf('https://stet.example', 'cranes', '', look).includes(
      '<stet-widget document="cranes" theme="dark" data-missing="hide">',
    ),
  );
  const frame = frameSnippetOf('https://stet.example', 'cranes', '', look);
  t.true(frame.includes('src="https://stet.example/embed/frame/cranes?theme=dark&#38;missing=hide" title="cranes"'));
});

test('XSS3 a snippet holds what was typed as text', (t) => {
  const look = { theme: 'dark', variables: { '--stet-accent': '"><script>', '--stet-font': '' } } as const;
  t.is(
    snippetOf('https://stet.example', 'cranes', '</noscript><script>', look),
    [
      '<script async src="https://stet.example/widget.js"></script>',
      '<stet-widget document="cranes" theme="dark" style="--stet-accent: &#34;&#62;&#60;script&#62;">',
      '  <noscript><a href="https://stet.example/d/cranes">&#60;/noscript&#62;&#60;script&#62;</a></noscript>',
      '</stet-widget>',
    ].join('\n'),
  );
  t.is(
    frameSnippetOf('https://stet.example', 'größe', '"><script>', { theme: 'auto' }),
    `<iframe src="https://stet.example/embed/frame/${encodeURIComponent('größe')}" title="&#34;&#62;&#60;script&#62;" width="100%" height="480" frameborder="0" loading="lazy"></iframe>`,
  );
  t.is(slugOf(' https://stet.example/d/cranes?x=1 '), 'cranes');
  t.is(slugOf('Not a name'), undefined);
});
