/** The SDK's modules in a real browser, on a page of another origin that bundles nothing. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import { buildApp, newDesk } from '../support/browser.ts';
import { createWorld, type TestAuthor, type TestNode } from '../support/node.ts';
import { openBrowser, type TestBrowser } from '../support/shared-browser.ts';
import { Article } from '../support/viewer.ts';

let browser: TestBrowser;
test.before(async () => {
  await buildApp();
  browser = await openBrowser();
});
test.after.always(() => browser?.close());
test.beforeEach((t) => t.timeout(90_000));

interface Stage {
  readonly node: TestNode;
  readonly author: TestAuthor;
  readonly page: Page;
}

/** An empty page of another origin, and a node that lets editors in from there. */
async function stage(t: ExecutionContext, isAllowed = true): Promise<Stage> {
  const server = http.createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end('<!doctype html><html lang="en"><title>A page</title><body></body></html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const world = await createWorld(t);
  const node = await world.node({ LISTENER: 'uws', ...(isAllowed && { ALLOWED_ORIGINS: origin }) });
  const { context, complaints } = await newDesk(browser, origin);
  t.teardown(async () => {
    await context.close();
    server.closeAllConnections();
    server.close();
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  });
  const page = await context.newPage();
  await page.goto(origin);
  return { node, author: await world.author('ann'), page };
}

/** Runs the body of an async function in the page, with the node's address as `STET` and the author's token as `TOKEN`. */
function inPage<T>({ node, author, page }: Stage, body: string, values: Record<string, string> = {}): Promise<T> {
  const constants = Object.entries({ STET: node.url, TOKEN: author.token, ...values }).map(
    ([name, value]) => `const ${name} = ${JSON.stringify(value)};`,
  );
  return page.evaluate(`(async () => { ${constants.join('\n')}\n${body} })()`) as Promise<T>;
}

test('SDK3 a page of another origin writes with /sdk/editor.js, and reads over /sdk/http.js what is committed', async (t) => {
  const here = await stage(t);
  const result = await inPage<{ status: { kind: string; seq: number }; text: string; kept: number }>(
    here,
    `
    const { connect, indexedDbPersistence, Y } = await import(STET + '/sdk/editor.js');
    const { createStetClient } = await import(STET + '/sdk/http.js');
    const stet = createStetClient({ url: STET, token: TOKEN });
    const { data: made } = await stet.POST('/v1/documents', { body: { title: 'Cranes' } });
    const client = connect({ url: STET, token: TOKEN });
    const open = client.open(made.id, { persistence: indexedDbPersistence('page:') });
    await open.synced;
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.insert(0, [new Y.XmlText('They come in April.')]);
    open.ydoc.getXmlFragment('body').insert(0, [paragraph]);
    const status = await new Promise((resolve) => {
      open.status.subscribe((next) => next.kind === 'saved' && resolve(next));
    });
    const { data: text } = await stet.GET('/v1/documents/{id}/draft', {
      params: { path: { id: made.id }, query: { format: 'text' } },
      parseAs: 'text',
    });
    await client.close();
    const kept = (await indexedDB.databases()).filter(({ name }) => name === 'page:' + made.id).length;
    return { status, text, kept };
  `,
  );
  t.like(result, { status: { kind: 'saved', seq: 1 }, text: 'They come in April.', kept: 1 });
});

test('SDK3 an origin that the server does not allow gets the module, no socket, and the reason', async (t) => {
  const here = await stage(t, false);
  const refusal = await inPage<{ code: string }>(
    here,
    `
    const { connect } = await import(STET + '/sdk/editor.js');
    const client = connect({ url: STET, token: TOKEN });
    const refusal = await new Promise((resolve) => client.refusal.subscribe(resolve));
    await client.close();
    return refusal;
  `,
  );
  t.is(refusal.code, 'bad_origin');
});

test('SDK3 /sdk/viewer.js and /sdk/widget.js follow what is published, as data and as an element', async (t) => {
  const here = await stage(t, false);
  const article = await Article.make(here.node, here.author);
  await article.publish('They come in April.');
  await inPage(
    here,
    `
    const { watchPublication } = await import(STET + '/sdk/viewer.js');
    const { defineWidget, followDocument } = await import(STET + '/sdk/widget.js');
    window.seen = { viewer: [], widget: [], gone: [] };
    const what = (list) => ({ revision, html }) => list.push(revision + ' ' + html);
    watchPublication({
      origin: STET, slug: SLUG, onRevision: what(seen.viewer), onGone: () => seen.gone.push('viewer'),
    });
    followDocument({ origin: STET, slug: SLUG, onRevision: what(seen.widget), onGone: () => seen.gone.push('widget') });
    defineWidget({ origin: STET });
    const element = document.createElement('stet-widget');
    element.setAttribute('document', SLUG);
    document.body.append(element);
  `,
    { SLUG: article.slug },
  );
  const { page } = here;
  const becomes = (condition: string) => page.waitForFunction(condition);
  await page.locator('stet-widget [part=body]', { hasText: 'They come in April.' }).waitFor();
  await becomes('seen.viewer.length === 1 && seen.widget.length === 1');
  await article.publish('They leave in October.');
  await page.locator('stet-widget [part=body]', { hasText: 'They leave in October.' }).waitFor();
  await becomes('seen.viewer.length === 2 && seen.widget.length === 2');
  const revisions = ['1 <p>They come in April.</p>', '2 <p>They leave in October.</p>'];
  t.deepEqual(await page.evaluate('seen'), { viewer: revisions, widget: revisions, gone: [] });
  await article.change({ visibility: 'private' });
  await becomes('seen.gone.length === 2');
  t.deepEqual(await page.context().cookies(), [], 'no cookie is set');
});
