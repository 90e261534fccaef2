/**
 * Work that a real browser keeps in its IndexedDB under a client id that the server has given to somebody else meanwhile: it is
 * saved under another one, all of it, and once.
 */
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import type { Page } from 'playwright-core';
import * as Y from 'yjs';
import { type Desk, holds, newDesk, newDocument, PASSWORD, says, words, write } from '../support/browser.ts';
import { Desk as Client, connectClient } from '../support/client.ts';
import { query, until } from '../support/helpers.ts';
import type { TestAuthor } from '../support/node.ts';
import { startProxy, type Proxy as TcpProxy } from '../support/proxy.ts';
import { type Stage, setStage } from '../support/stage.ts';

const test = anyTest as TestFn<Stage>;

setStage(test, ['ana', 'ben']);

interface Scene {
  readonly desk: Desk;
  readonly page: Page;
  readonly proxy: TcpProxy;
  /** The program comes back, and the first words that it takes under the client ids of Ana's pages are Ben's. */
  steal(): Promise<void>;
  /** What the server has under the client ids that were Ana's is Ben's, and the text is this. */
  settled(text: string): Promise<void>;
}

const BENS = 'Ben was first.';

/** Ana has a document open whose server she does not reach; nothing is written in it. */
async function scene(t: ExecutionContext<Stage>): Promise<Scene> {
  const { app, browser, databaseUrl } = t.context;
  const proxy = await startProxy(t, Number(new URL(app.origin).port));
  const desk = await newDesk(browser, proxy.url);
  const page = await newDocument(desk, 'ana');
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  const doc = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  await until(() => page.evaluate<boolean>(`caches.match('/edit/00000000-0000-0000-0000-000000000000').then(Boolean)`));
  const call = async (method: string, path: string, json: unknown, token?: string) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${app.origin}${path}`, { method, headers, body: JSON.stringify(json) });
    if (!answer.ok) throw new Error(await answer.text());
    return answer;
  };
  const tokenOf = async (handle: string) => {
    const answer = await call('POST', '/v1/sessions', { handle, password: PASSWORD });
    return ((await answer.json()) as { token: string }).token;
  };
  const ana = await tokenOf('ana');
  await call('PUT', `/v1/documents/${doc}/grants/ben`, { level: 'edit' }, ana);
  let stolen: number[] = [];
  proxy.open(false);
  await says(page, 'Offline – changes kept on this device');
  return {
    desk,
    page,
    proxy,
    async steal() {
      await app.kill();
      const gone = `delete from draft_reservations where document_id = '${doc}' returning client_id`;
      stolen = (await query(databaseUrl, gone)).map((row) => Number((row as { client_id: string }).client_id));
      await app.start();
      const author = { token: await tokenOf('ben') } as TestAuthor;
      for (const clientId of stolen) {
        const ben = new Client(await connectClient(t, app.origin, { author }), doc, clientId);
        const opened = await ben.open();
        if (!opened.ok) throw new Error(opened.error.code);
        const before = Y.encodeStateVector(ben.ydoc);
        const paragraph = new Y.XmlElement('paragraph');
        ben.ydoc.getXmlFragment('body').push([paragraph]);
        paragraph.push([new Y.XmlText(BENS)]);
        t.like(await ben.send(Y.encodeStateAsUpdate(ben.ydoc, before)), { ok: true });
      }
      t.true(stolen.length > 0);
    },
    async settled(text) {
      const answer = await fetch(`${app.origin}/v1/documents/${doc}/draft?format=yjs`, {
        headers: { authorization: `Bearer ${ana}` },
      });
      const ydoc = new Y.Doc();
      Y.applyUpdate(ydoc, new Uint8Array(await answer.arrayBuffer()));
      const paragraphs = ydoc.getXmlFragment('body').toArray();
      const texts = paragraphs.map((paragraph) => (paragraph as Y.XmlElement).get(0)?.toString() ?? '');
      t.deepEqual(texts.filter((each) => each !== '').sort(), [...stolen.map(() => BENS), text].sort());
      for (const client of stolen) t.is(Y.getState(ydoc.store, client), BENS.length + 2, 'what is under it is Ben’s');
    },
  };
}

/** Each of them comes to stand in the page, once. */
async function shows(t: ExecutionContext<Stage>, page: Page, each: readonly string[]): Promise<void> {
  await until(async () => {
    const text = await words(page);
    return each.every((one) => text.includes(one));
  });
  const text = await words(page);
  for (const one of each) t.is(text.split(one).length, 2, text);
}

test.serial(
  'I1 I4 a page that stayed open gives its offline work another client id, and keeps it on the device',
  async (t) => {
    const { desk, page, proxy, steal, settled } = await scene(t);
    await write(page, 'Ana was offline.');
    await steal();
    proxy.open(true);
    await says(page, /^Saved/);
    await shows(t, page, ['Ana was offline.', BENS]);
    await settled('Ana was offline.');
    // Everything that the device has is under ids that the server knows.
    proxy.open(false);
    await says(page, 'Offline – changes kept on this device');
    await page.reload();
    await shows(t, page, ['Ana was offline.', BENS]);
    proxy.open(true);
    await says(page, /^Saved/);
    await page.reload();
    await says(page, /^Saved/);
    await shows(t, page, ['Ana was offline.', BENS]);
    await settled('Ana was offline.');
    t.deepEqual(desk.complaints, []);
    await desk.context.close();
  },
);

test.serial(
  'I1 I4 work that waited in IndexedDB for the next page is saved under another client id, once',
  async (t) => {
    const { desk, page, proxy, steal, settled } = await scene(t);
    await write(page, 'Ana was offline.');
    await page.close({ runBeforeUnload: true });
    await steal();
    proxy.open(true);
    const next = await desk.context.newPage();
    await next.goto(new URL(page.url()).pathname);
    await says(next, /^Saved/);
    await shows(t, next, ['Ana was offline.', BENS]);
    await settled('Ana was offline.');
    await next.reload();
    await says(next, /^Saved/);
    await shows(t, next, ['Ana was offline.', BENS]);
    await settled('Ana was offline.');
    t.deepEqual(desk.complaints, []);
    await desk.context.close();
  },
);

test.serial('I1 I4 two windows with the same offline work save it once, and what each wrote besides', async (t) => {
  const { desk, page, proxy, steal, settled } = await scene(t);
  await write(page, 'Ana was offline.');
  const other = await desk.context.newPage();
  await other.goto(new URL(page.url()).pathname);
  await holds(other, 'Ana was offline.');
  await write(other, ' Twice.');
  await steal();
  proxy.open(true);
  const both = 'Ana was offline. Twice.';
  for (const window of [page, other]) {
    await says(window, /^Saved/);
    await shows(t, window, [both, BENS]);
  }
  await settled(both);
  await page.close({ runBeforeUnload: true });
  await other.reload();
  await says(other, /^Saved/);
  await shows(t, other, [both, BENS]);
  await settled(both);
  t.deepEqual(desk.complaints, []);
  await desk.context.close();
});
