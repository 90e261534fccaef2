/** Widgets in a real browser, on pages of other origins: over both schemes, without sockets, without JavaScript. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { createSite } from '../../src/gateway/access/site.ts';
import { createFrames } from '../../src/gateway/readers/pages/frames.ts';
import { createWidgetScripts } from '../../src/gateway/widget/scripts.ts';
import { buildApp } from '../support/browser.ts';
import { until } from '../support/helpers.ts';
import { ROOT } from '../support/root.ts';
import { temporaryFolder } from '../support/services.ts';
import { openBrowser, type TestBrowser } from '../support/shared-browser.ts';
import { silentLog } from '../support/silent-log.ts';
import { type WidgetWorld, widgetWorld } from '../support/widget.ts';

const webDir = `${ROOT}/.stet/web`;
const folder = temporaryFolder('widget-tls');
const tls = { keyFile: `${folder.path}/key.pem`, certFile: `${folder.path}/cert.pem` };
const SHOTS = process.env.STET_SCREENSHOTS;
let browser: TestBrowser;

test.before(async () => {
  const made = spawnSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
      .concat(['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'])
      .concat(['-keyout', tls.keyFile, '-out', tls.certFile]),
  );
  if (made.status !== 0) throw new Error(String(made.stderr));
  await buildApp();
  browser = await openBrowser();
});
test.after.always(async () => {
  await browser?.close();
  folder.remove();
});

/** A page of another origin. */
async function foreignPage(t: ExecutionContext, body: string, secure = false, policy?: string): Promise<string> {
  const answer: http.RequestListener = (_request, response) => {
    if (policy !== undefined) response.setHeader('content-security-policy', policy);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><title>A page</title><body style="font-family: sans-serif">${body}`);
  };
  const server = secure
    ? https.createServer({ key: readFileSync(tls.keyFile), cert: readFileSync(tls.certFile) }, answer)
    : http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `${secure ? 'https' : 'http'}://localhost:${(server.address() as AddressInfo).port}/`;
}

async function open(
  t: ExecutionContext,
  url: string,
  options: BrowserContextOptions = {},
  prepare?: (page: Page) => Promise<unknown>,
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 900, height: 700 },
    ignoreHTTPSErrors: true,
    ...options,
  });
  t.teardown(() => context.close());
  const page = await context.newPage();
  await prepare?.(page);
  await page.goto(url);
  return page;
}

const snippet = (server: string, ...slugs: string[]): string =>
  `<script async src="${server}/widget.js"></script>` +
  slugs
    .map(
      (slug) =>
        `<stet-widget document="${slug}"><noscript><a href="${server}/d/${slug}">Read it</a></noscript></stet-widget>`,
    )
    .join('\n');

const world = (
  t: ExecutionContext,
  secure = false,
  options: Parameters<typeof widgetWorld>[2] = {},
): Promise<WidgetWorld> =>
  // Node's listener: what differs between the listeners, the protocol tests see.
  widgetWorld(t, 'node', { scripts: createWidgetScripts({ webDir }), ...(secure && { tls }), ...options });

const shoot = async (page: Page, name: string): Promise<void> => {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
};

for (const [name, pageSecure, serverSecure] of [
  ['http, the server over https', false, true],
  ['https, the server over http', true, false],
  ['http, the server over http', false, false],
] as const) {
  test(`a widget on a page over ${name} shows the text and each new revision`, async (t) => {
    const server = await world(t, serverSecure);
    const id = await server.shown('cranes', 'They come in April.');
    const page = await open(t, await foreignPage(t, snippet(server.url, 'cranes'), pageSecure));
    await page.locator('stet-widget [part=body]', { hasText: 'They come in April.' }).waitFor();
    t.is(server.widget.count(), 1, 'over a socket');
    await server.publish(id, 'They leave in October.', 'Cranes, again');
    await page.locator('stet-widget [part=body]', { hasText: 'They leave in October.' }).waitFor();
    t.is(await page.locator('stet-widget [part=title]').textContent(), 'Cranes, again');
    t.deepEqual(await page.context().cookies(), []);
    await shoot(page, `widget-${pageSecure ? 'https' : 'http'}`);
  });
}

test('all widgets of a page share one socket, also those that come later', async (t) => {
  const server = await world(t);
  const names = ['one', 'two', 'three', 'four'];
  const ids = await Promise.all(names.map((name) => server.shown(name, `The text of ${name}.`)));
  const page = await open(t, await foreignPage(t, snippet(server.url, 'one', 'two', 'three', 'one', 'nothing')));
  await page.locator('stet-widget [part=body]', { hasText: 'The text of three.' }).waitFor();
  await page.evaluate(`
    const late = document.createElement('stet-widget');
    late.setAttribute('document', 'four');
    document.body.append(late);
  `);
  await page.locator('stet-widget [part=body]', { hasText: 'The text of four.' }).waitFor();
  t.is(server.widget.count(), 1);
  for (const id of ids) await server.publish(id, 'New text.');
  await page.locator('stet-widget [part=body]', { hasText: 'New text.' }).nth(4).waitFor();
  await page.locator('stet-widget[document=nothing] [part=missing]').waitFor();
  await shoot(page, 'widget-several');
});

test('where sockets are blocked the widget polls', async (t) => {
  const server = await world(t, false, { sockets: false });
  const id = await server.shown('cranes', 'They come in April.');
  const page = await open(t, await foreignPage(t, snippet(server.url, 'cranes')));
  await page.locator('stet-widget [part=body]', { hasText: 'They come in April.' }).waitFor();
  await server.publish(id, 'They leave in October.');
  await page.locator('stet-widget [part=body]', { hasText: 'They leave in October.' }).waitFor();
  t.is(server.widget.count(), 0);
});

const LAST_SOCKET = `window.WebSocket = class extends WebSocket {
  constructor(...all) {
    super(...all);
    window.last = this;
  }
}`;

test('a widget whose server has too much to do tries again, and does not take sockets for blocked', async (t) => {
  const server = await world(t, false, { handshakes: 0 });
  const id = await server.shown('cranes', 'They come in April.');
  let asked = 0;
  const page = await open(t, await foreignPage(t, snippet(server.url, 'cranes')), {}, async (made) => {
    made.on('request', (request) => {
      if (request.url().includes('/v1/public/')) asked += 1;
    });
    await made.addInitScript(LAST_SOCKET);
    await made.clock.install();
  });
  // Time passes when nothing is under way: a real handshake takes real time.
  const wait = async () => {
    if ((await page.evaluate('last.readyState')) !== 0) await page.clock.runFor(500);
  };
  await page.locator('stet-widget [part=body]', { hasText: 'They come in April.' }).waitFor();
  // For what it had nothing of: once, or again if the answer took longer than its second socket.
  const first = asked;
  while (server.turnedAway() < 4) await wait();
  t.is(asked, first);
  // The last refused one counts as open until it is closed; the page opens no other while its clock stands still.
  await until(() => server.widget.count() === 0);
  server.allow(1);
  while (server.widget.count() === 0) await wait();
  await server.publish(id, 'They leave in October.');
  await page.locator('stet-widget [part=body]', { hasText: 'They leave in October.' }).waitFor();
  t.is(asked, first);
});

test('a widget catches up after its server was away', async (t) => {
  const server = await world(t);
  const id = await server.shown('cranes', 'one');
  const page = await open(t, await foreignPage(t, snippet(server.url, 'cranes')));
  await page.locator('stet-widget [part=body]', { hasText: 'one' }).waitFor();
  server.fail(true);
  await page.context().setOffline(true);
  await server.publishSilently(id, 'two');
  server.fail(false);
  await page.context().setOffline(false);
  await server.publish(id, 'three');
  await page.locator('stet-widget [part=body]', { hasText: 'three' }).waitFor();
  t.pass();
});

test('ONAIR6 ONAIR8 a widget shows the draft of a live document in place, and says when the connection is gone', async (t) => {
  const server = await world(t);
  const id = await server.shown('cranes', 'As it was published.');
  await server.change(id, { live: true });
  const page = await open(t, await foreignPage(t, snippet(server.url, 'cranes')));
  const body = page.locator('stet-widget [part=body]');
  const status = page.locator('stet-widget [part=status]');
  await body.filter({ hasText: 'As it was published.' }).waitFor();
  t.is(await status.textContent(), '');
  server.drafts.write(id, 'First.', 'Second.');
  await body.filter({ hasText: 'First.Second.' }).waitFor();
  t.is(await status.textContent(), 'Live');
  t.is(await page.locator('stet-widget [part=title]').textContent(), 'A live title');
  await page.evaluate(
    `window.kept = document.querySelector('stet-widget').shadowRoot.querySelector('p[dir]:first-child')`,
  );
  server.drafts.write(id, 'First.', 'Second, changed.', 'Third.');
  await body.filter({ hasText: 'First.Second, changed.Third.' }).waitFor();
  t.true(await page.evaluate('kept.isConnected && kept.textContent === "First."'), 'what did not change stays');
  await shoot(page, 'widget-live');
  await page.context().setOffline(true);
  await status.filter({ hasText: 'Reconnecting…' }).waitFor();
  server.drafts.write(id, 'Written meanwhile.');
  await page.context().setOffline(false);
  await body.filter({ hasText: 'Written meanwhile.' }).waitFor();
  await status.filter({ hasText: 'Live' }).waitFor();
  await server.change(id, { live: false });
  await body.filter({ hasText: 'As it was published.' }).waitFor();
  await status.filter({ hasNotText: /./ }).waitFor({ state: 'attached' });
  t.is(await status.textContent(), '');
});

test('I6 a document that is made private leaves the page, and what the page itself says comes back', async (t) => {
  const server = await world(t);
  const id = await server.shown('cranes', 'They come in April.');
  const body = `<script async src="${server.url}/widget.js"></script><stet-widget document="cranes"><p>Come back later.</p></stet-widget>`;
  const page = await open(t, await foreignPage(t, body));
  await page.locator('stet-widget [part=body]').waitFor();
  t.false(await page.getByText('Come back later.').isVisible());
  await server.change(id, { visibility: 'private' });
  await page.getByText('Come back later.').waitFor({ state: 'visible' });
  t.is(await page.locator('stet-widget [part=body]').count(), 0);
});

test('I6 I7 a widget that slept while its name went to another document shows that one', async (t) => {
  const server = await world(t);
  const id = await server.shown('cranes', 'Of cranes.');
  await server.publish(id, 'Of cranes, again.');
  const other = await server.shown('storks', 'Of storks.');
  const page = await open(t, 'about:blank');
  await page.clock.install();
  await page.goto(await foreignPage(t, snippet(server.url, 'cranes')));
  await page.locator('stet-widget [part=body]', { hasText: 'Of cranes, again.' }).waitFor();
  const show = (hidden: boolean) =>
    page.evaluate(`
      Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));`);
  await show(true);
  await page.clock.fastForward(61_000);
  await until(() => server.widget.count() === 0);
  await server.change(id, { slug: 'elsewhere', visibility: 'private' });
  await server.change(other, { slug: 'cranes' });
  await show(false);
  await page.locator('stet-widget [part=body]', { hasText: 'Of storks.' }).waitFor();
  t.is(await page.locator('stet-widget article').count(), 1);
});

test('a widget asks for a missing document rarely, over the socket, and shows it once it exists', async (t) => {
  const server = await world(t);
  const page = await open(t, 'about:blank');
  await page.clock.install();
  const closed: string[] = [];
  const asked: string[] = [];
  page.on('websocket', (socket) => socket.on('close', () => closed.push(socket.url())));
  page.on('request', (request) => request.url().includes('/v1/public/') && asked.push(request.url()));
  await page.goto(await foreignPage(t, snippet(server.url, 'nothing')));
  await until(() => closed.length === 1);
  // From here on the test moves the page's clock.
  await page.clock.pauseAt(((await page.evaluate('Date.now()')) as number) + 10_000);
  for (let times = 2; times <= 6; times += 1) {
    await page.clock.fastForward(30_000);
    t.is(closed.length, times - 1);
    await page.clock.fastForward(100_000);
    await until(() => closed.length === times);
  }
  t.deepEqual(asked, [], 'the socket is not blocked');
  await server.shown('nothing', 'Here now.');
  // In small steps: a socket that is being opened takes real time.
  await until(async () => {
    await page.clock.fastForward(4_000);
    await page.waitForTimeout(200);
    return (await page.locator('stet-widget [part=body]', { hasText: 'Here now.' }).count()) > 0;
  });
});

test('where sockets are blocked a widget polls rarely for a missing document', async (t) => {
  const server = await world(t, false, { sockets: false });
  await server.shown('cranes', 'They come in April.');
  const page = await open(t, 'about:blank');
  await page.clock.install();
  const asked = { cranes: 0, nothing: 0 };
  let tried = 0;
  page.on('websocket', (socket) => socket.on('close', () => (tried += 1)));
  page.on('request', (request) => {
    const name = /\/v1\/public\/(\w+)$/.exec(request.url())?.[1];
    if (name === 'cranes' || name === 'nothing') asked[name] += 1;
  });
  await page.goto(await foreignPage(t, snippet(server.url, 'cranes', 'nothing')));
  await page.locator('stet-widget [part=body]', { hasText: 'They come in April.' }).waitFor();
  await until(() => tried >= 3 && asked.nothing > 0);
  const before = { ...asked };
  while (asked.cranes < before.cranes + 2) await page.clock.fastForward(5_000);
  t.is(asked.nothing, before.nothing);
  await until(async () => {
    await page.clock.fastForward(30_000);
    return asked.nothing > before.nothing;
  });
});

const sentence = (page: Page, id: string) => page.locator(`#${id} [part=missing]`);

test('EMBED1 a document that is not there leaves a sentence in the language around it, the own text of the page, or nothing', async (t) => {
  const server = await world(t);
  const id = await server.shown('cranes', 'They come in April.');
  const body = `<script async src="${server.url}/widget.js"></script>
    <stet-widget id="plain" document="cranes"><noscript>A link</noscript></stet-widget>
    <div lang="de-AT"><stet-widget id="german" document="nothing"></stet-widget></div>
    <div lang="ja"><stet-widget id="japanese" document="nothing">\n</stet-widget></div>
    <stet-widget id="own" document="nothing"><p>Come back later.</p></stet-widget>
    <stet-widget id="hidden" document="nothing" data-missing="hide"><p>Waiting.</p></stet-widget>`;
  const page = await open(t, await foreignPage(t, body));
  await page.locator('#plain [part=body]', { hasText: 'They come in April.' }).waitFor();
  await sentence(page, 'german').waitFor();
  t.is(await sentence(page, 'german').textContent(), 'Dieser Inhalt ist nicht verfügbar.');
  t.is(await sentence(page, 'german').getAttribute('lang'), 'de');
  t.is(await sentence(page, 'japanese').textContent(), 'This content is not available.');
  t.true(await page.getByText('Come back later.').isVisible());
  t.is(await sentence(page, 'own').count(), 0);
  t.false(await page.getByText('Waiting.').isVisible());
  t.is((await page.locator('#hidden').boundingBox())?.height ?? 0, 0, 'it takes no room');
  await server.change(id, { visibility: 'private' });
  await sentence(page, 'plain').waitFor();
  t.is(await page.locator('#plain [part=body]').count(), 0);
  await shoot(page, 'widget-missing');
});

test('EMBED2 a frame shows the text on a page that forbids scripts, follows it, and reports its height', async (t) => {
  const server: WidgetWorld = await world(t, false, {
    scripts(request) {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith('/embed/frame/')) return frames(request, { secure: false });
      const type = pathname.endsWith('.css') ? 'text/css' : 'text/javascript';
      return pathname.startsWith('/assets/')
        ? new Response(readFileSync(`${webDir}${pathname}`), { headers: { 'content-type': type } })
        : undefined;
    },
  });
  const frames = createFrames({
    webDir,
    publicPage: server.cache.page,
    isUnavailable: () => false,
    log: silentLog,
    site: createSite({ siteName: 'Field & Fen' }),
  });
  const id = await server.shown('cranes', 'They come in April.');
  const frame = `<iframe src="${server.url}/embed/frame/cranes" title="Cranes" width="100%" height="40" frameborder="0"></iframe>`;
  const strict = `default-src 'none'; style-src 'unsafe-inline'; frame-src ${server.url}`;
  const page = await open(t, await foreignPage(t, frame, false, strict));
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  const shown = page.frameLocator('iframe');
  await shown.locator('.prose', { hasText: 'They come in April.' }).waitFor();
  await server.publish(id, 'They leave in October. '.repeat(60), 'Cranes, again');
  await shown.locator('.prose', { hasText: 'They leave in October.' }).waitFor();
  t.is(await shown.getByRole('heading', { level: 1 }).textContent(), 'Cranes, again');
  t.deepEqual(await page.context().cookies(), []);

  const follow = `<script>
    addEventListener('message', ({ data, origin, source }) => {
      if (origin !== ${JSON.stringify(server.url)} || data?.type !== 'stet-height') return;
      for (const one of document.querySelectorAll('iframe')) if (one.contentWindow === source) one.height = data.height;
    });
  </script>`;
  const follower = await open(t, await foreignPage(t, follow + frame), { viewport: { width: 390, height: 700 } });
  const inside = follower.frameLocator('iframe');
  await inside.locator('.prose', { hasText: 'They leave in October.' }).waitFor();
  await until(async () => {
    const height = Number(await follower.locator('iframe').getAttribute('height'));
    return (
      height > 200 &&
      height === (await inside.locator('body').evaluate((body) => Math.ceil(body.getBoundingClientRect().height)))
    );
  });
  await shoot(follower, 'frame');
  const scriptless = await open(t, await foreignPage(t, frame), { javaScriptEnabled: false });
  await scriptless.frameLocator('iframe').locator('.prose', { hasText: 'They leave in October.' }).waitFor();

  await server.change(id, { visibility: 'private' });
  await shown.getByRole('heading', { name: 'This content is not available.' }).waitFor();
  t.is(await shown.locator('article').count(), 0, 'I6 nothing of it stays');
  t.deepEqual(complaints, []);
});

test('without JavaScript there is a link', async (t) => {
  const server = await world(t);
  await server.shown('cranes', 'They come in April.');
  const page = await open(t, await foreignPage(t, snippet(server.url, 'cranes')), { javaScriptEnabled: false });
  t.is(await page.getByRole('link', { name: 'Read it' }).getAttribute('href'), `${server.url}/d/cranes`);
});

test('a page styles the widget with variables and parts, under a strict policy too', async (t) => {
  const server = await world(t);
  await server.shown('cranes', 'They come in April.');
  const policy = [
    "default-src 'none'",
    `script-src ${server.url}`,
    "style-src 'nonce-a'",
    `connect-src ${server.url} ${server.url.replace('http', 'ws')}`,
    "require-trusted-types-for 'script'",
    'trusted-types stet-widget',
  ];
  const style =
    '<style nonce="a">stet-widget { --stet-color: rgb(10, 20, 30); } stet-widget::part(title) { color: rgb(200, 0, 0); }</style>';
  const page = await open(t, await foreignPage(t, style + snippet(server.url, 'cranes'), false, policy.join('; ')));
  await page.locator('stet-widget [part=body]').waitFor();
  const colourOf = (part: string) =>
    page.evaluate(`getComputedStyle(document.querySelector('stet-widget').shadowRoot.querySelector('${part}')).color`);
  const colours = [await colourOf('[part=body]'), await colourOf('[part=title]')];
  t.deepEqual(colours, ['rgb(10, 20, 30)', 'rgb(200, 0, 0)']);
});

for (const [name, width, scheme] of [
  ['desktop', 1_280, 'light'],
  ['phone', 390, 'dark'],
] as const) {
  test(`the page for embedding makes a snippet that works, ${name}`, async (t) => {
    const files = new Map<string, Response>();
    const scripts = createWidgetScripts({ webDir });
    const server = await world(t, false, {
      scripts(request) {
        const { pathname } = new URL(request.url);
        if (!pathname.startsWith('/assets/')) return scripts(request);
        const type = pathname.endsWith('.css') ? 'text/css' : 'text/javascript';
        files.set(pathname, new Response(null));
        return new Response(readFileSync(`${webDir}${pathname}`), { headers: { 'content-type': type } });
      },
    });
    await server.shown('cranes', 'They come in April, and stay until the first frost. '.repeat(6));
    const page = await open(t, `${server.url}/embed`, {
      viewport: { width, height: 900 },
      colorScheme: scheme,
    });
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.getByLabel('Document', { exact: true }).fill(`${server.url}/d/cranes`);
    await page.locator('stet-widget [part=body]').waitFor();
    await page.getByLabel('Links and accents', { exact: true }).check();
    await page.getByLabel('Border').check();
    const made = await page.getByLabel('Embed code').inputValue();
    t.true(made.includes(`<script async src="${server.url}/widget.js"></script>`));
    t.true(
      made.includes('document="cranes"') && made.includes('--stet-accent: #1f5f5b') && made.includes('>The title</a>'),
    );
    const framed = await page.getByLabel('iframe').inputValue();
    t.true(framed.startsWith(`<iframe src="${server.url}/embed/frame/cranes" title="The title"`));
    t.deepEqual(complaints, []);
    t.true(files.size > 1);
    await shoot(page, `embed-${name}`);
    t.true(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'));
    const elsewhere = await open(t, await foreignPage(t, made));
    await elsewhere.locator('stet-widget [part=body]').waitFor();
    await shoot(elsewhere, `embedded-${name}`);
  });
}
