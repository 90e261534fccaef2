// Documents up to their limit open over slow lines while others type, whatever protocol they are opened with.
import test, { type ExecutionContext } from 'ava';
import * as stockParser from 'socket.io-msgpack-parser';
import * as Y from 'yjs';
import { ERRORS } from '../schemas/errors.ts';
import type { Opened } from '../schemas/realtime.ts';
import { type Client, connectClient, Desk } from './support/client.ts';
import { until } from './support/helpers.ts';
import { largeState, seedDraft } from './support/large-drafts.ts';
import { createWorld, LISTENERS, type TestAuthor, type TestNode } from './support/node.ts';
import { editor, shows, when } from './support/sdk.ts';
import { startSlowLine } from './support/slow-line.ts';
import { stockClient, synced } from './support/yjs.ts';

test.beforeEach((t) => t.timeout(150_000));

const MIB = 1_048_576;
/** A little less than `MAX_DOCUMENT_BYTES`, so that others can still write. */
const LARGE_BYTES = 16 * MIB - 65_536;
const LINE_BYTES_PER_SECOND = 1_000_000;

/** Opens with stock parts alone, as PROTOCOL.md's client does; the text once it is here, or how the connection ended. */
async function openStock(
  t: ExecutionContext,
  url: string,
  author: TestAuthor,
  doc: string,
): Promise<Client & { length: number }> {
  const client = await connectClient(t, url, { author, parser: stockParser });
  const ydoc = new Y.Doc();
  const opened = client.request<Opened>('open', {
    doc,
    clientID: ydoc.clientID,
    stateVector: Buffer.from(Y.encodeStateVector(ydoc)),
    mode: 'edit',
  });
  const answer = await Promise.race([opened, client.gone().then((reason) => ({ ok: false as const, error: reason }))]);
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  Y.applyUpdate(ydoc, new Uint8Array(answer.update));
  return Object.assign(client, { length: ydoc.getText('body').length });
}

/** Somebody who types a word as soon as the one before it is saved, until told to stop. */
async function typist(
  t: ExecutionContext,
  node: TestNode,
  author: TestAuthor,
  doc: string,
): Promise<() => Promise<number>> {
  const desk = new Desk(await connectClient(t, node.url, { author }), doc);
  t.true((await desk.open()).ok);
  let typing = true;
  let saved = 0;
  const done = (async () => {
    while (typing) {
      const answer = await desk.send(desk.type('w '));
      if (answer.ok) saved += 1;
      // As any author: a busy database may have made the document move.
      else if (ERRORS[answer.error.code].retryable) await desk.open();
      else throw new Error(answer.error.code);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  return async () => {
    typing = false;
    await done;
    return saved;
  };
}

for (const listener of LISTENERS) {
  test.serial(
    `${listener}: I9 a document of nearly 16 MiB opens over a slow line in every protocol while others type`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: listener });
      const ann = await world.author('ann');
      const doc = await world.document(ann);
      const large = largeState(LARGE_BYTES, 'pasted');
      await seedDraft(world, doc, ann, large);
      const stop = await typist(t, node, ann, doc);
      const line = await startSlowLine(t, node.port, LINE_BYTES_PER_SECOND);
      const reader = stockClient(t, line, ann, doc);
      const sdk = editor(t, line, ann);
      const document = sdk.open(doc);
      const [stock] = await Promise.all([openStock(t, line, ann, doc), synced(reader), shows(document, 'saved')]);
      t.true(stock.length > large.length);
      t.deepEqual(reader.codes, [], reader.faults.join());
      t.true(reader.text().length > large.length);
      t.true(document.ydoc.getText('body').length > large.length);
      t.is(stock.ended, undefined);
      t.true((await stop()) > 10);
      // All go on from there.
      await until(() => reader.text().length === document.ydoc.getText('body').length);
      await when(sdk.connection, (state) => state === 'connected');
    },
  );
}
