// The SDK in a page that goes away: what is unsent leaves by requests that outlive the page, as much as browsers allow.
import test from 'ava';
import * as Y from 'yjs';
import { createWorld } from '../../support/node.ts';
import { editor, shows, type } from '../../support/sdk.ts';

/** Makes this process look like a page to the SDK, and catches what it sends while it goes away. */
function pretendPage(): { leave(): void; sent: { url: string; body: Uint8Array }[]; end(): void } {
  const scope = globalThis as unknown as Record<string, unknown>;
  const before = { document: scope.document, add: scope.addEventListener, remove: scope.removeEventListener };
  const fetchBefore = globalThis.fetch;
  const listeners = new Set<() => void>();
  const sent: { url: string; body: Uint8Array }[] = [];
  scope.document = {};
  scope.addEventListener = (_type: string, listener: () => void) => listeners.add(listener);
  scope.removeEventListener = (_type: string, listener: () => void) => listeners.delete(listener);
  return {
    sent,
    leave() {
      globalThis.fetch = async (url, init) => {
        sent.push({ url: String(url), body: init?.body as Uint8Array });
        return new Response();
      };
      for (const listener of listeners) listener();
      globalThis.fetch = fetchBefore;
    },
    end() {
      scope.document = before.document;
      scope.addEventListener = before.add;
      scope.removeEventListener = before.remove;
    },
  };
}

test.serial('I1 a page that goes away sends as much as browsers take, of all its documents together', async (t) => {
  t.timeout(60_000);
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author();
  const [one, two] = [await world.document(ann), await world.document(ann)];
  const page = pretendPage();
  t.teardown(page.end);
  const client = editor(t, node.url, ann);
  const documents = [client.open(one), client.open(two)];
  for (const document of documents) await shows(document, 'saved');
  type(documents[0]!, 'a'.repeat(50_000));
  type(documents[1]!, 'b'.repeat(300_000));
  page.leave();
  await client.close();
  t.is(page.sent.length, 2);
  const bytes = page.sent.reduce((sum, { body }) => sum + body.byteLength, 0);
  t.true(bytes <= 64_000 && bytes > 60_000, `${bytes} bytes`);
  for (const { url, body } of page.sent) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/octet-stream' },
      body: body as Uint8Array<ArrayBuffer>,
    });
    t.is(answer.status, 200, await answer.text());
    const copy = new Y.Doc();
    Y.applyUpdate(copy, body);
    t.is(copy.store.pendingStructs, null, 'it stands by itself');
  }
});
