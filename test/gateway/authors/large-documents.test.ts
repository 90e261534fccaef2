// Documents up to their limit open over slow lines while others type, whatever protocol they are opened with.
import test, { type ExecutionContext } from 'ava';
import * as stockParser from 'socket.io-msgpack-parser';
import * as Y from 'yjs';
import { ERRORS, type Failure } from '../../../schemas/errors.ts';
import type { Opened } from '../../../schemas/realtime.ts';
import { type LargeAnswer, LargeAnswers } from '../../../src/gateway/listener/large-answers.ts';
import { Rope } from '../../../src/lib/msgpack/rope.ts';
import { type Client, connectClient, Desk } from '../../support/client.ts';
import { until } from '../../support/helpers.ts';
import { largeState, seedDraft } from '../../support/large-drafts.ts';
import { createWorld, LISTENERS, type TestAuthor, type TestNode } from '../../support/node.ts';
import { editor, shows, when } from '../../support/sdk.ts';
import { startSlowLine } from '../../support/slow-line.ts';
import { stockClient, synced } from '../../support/yjs.ts';

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

/** Somebody who types a word as soon as the one before it is saved, until it is stopped. */
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
      const { url: line } = await startSlowLine(t, node.port, LINE_BYTES_PER_SECOND);
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

test('I9 large answers are kept within bounds, shared bytes once, and no user takes all of it', async (t) => {
  let now = 0;
  const limits = { maxLargeAnswerBytes: 8 * MIB, maxOpenBytesPerSecond: MIB, maxOpenByteBurst: 20 * MIB };
  const answers = new LargeAnswers(limits, { now: () => now });
  const [one, two, three] = [new Uint8Array(1.5 * MIB), new Uint8Array(MIB), new Uint8Array(7 * MIB)];
  const sharing = (bytes: Uint8Array) => new Rope([new Uint8Array(9), bytes]);
  const admitted = (user: string, bytes: Uint8Array): LargeAnswer => {
    const answer = answers.admit(user, sharing(bytes));
    if (!answer || 'ok' in answer) throw new Error('refused');
    return answer;
  };
  t.is(answers.admit('ann', new Uint8Array(1_000)), undefined, 'small answers need no admission');
  const admittedNow = [admitted('ann', one), admitted('ann', one), admitted('bob', one)];
  t.is(answers.bytes, one.byteLength);
  t.like(answers.admit('ann', sharing(two)), { ok: false, error: { code: 'overloaded', retryAfterMs: 1_000 } });
  admittedNow.push(admitted('bob', one), admitted('cleo', two));
  t.like(answers.admit('dora', sharing(three)), { ok: false, error: { code: 'overloaded' } });
  for (const answer of admittedNow) {
    answer.release();
    answer.release();
    await answer.gone;
  }
  t.is(answers.bytes, 0);
  // One alone may be larger than the limit: else such a document could never be opened.
  admitted('dora', new Uint8Array(9 * MIB)).update.sent?.();
  t.is(answers.bytes, 0);
  // What is opened costs, however few the opens are, and however far apart their bytes.
  admitted('eve', three).release();
  admitted('eve', three).release();
  admitted('eve', three).release();
  const refused = answers.admit('eve', sharing(three));
  t.like(refused, { ok: false, error: { code: 'rate_limited' } });
  now += (refused as Failure).error.retryAfterMs!;
  admitted('eve', three).release();
  admitted('fay', three).release();
});

for (const listener of LISTENERS) {
  test.serial(
    `${listener}: I10 a user who reopens a large document again and again is slowed down, and nobody else`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({
        LISTENER: listener,
        MAX_OPEN_BYTE_BURST: '4194304',
        MAX_OPEN_BYTES_PER_SECOND: '1024',
      });
      const [ann, eve] = [await world.author('ann'), await world.author('eve')];
      const doc = await world.document(ann);
      await world.grant(doc, eve, 'edit');
      await seedDraft(world, doc, ann, largeState(3 * MIB, 'pasted'));
      const clients = await Promise.all([1, 2, 3].map(() => connectClient(t, node.url, { author: eve })));
      const desks = clients.map((client) => new Desk(client, doc));
      const answers = [];
      for (const desk of desks) answers.push(await desk.open());
      t.deepEqual(
        answers.map((answer) => (answer.ok ? 'opened' : answer.error.code)),
        ['opened', 'opened', 'rate_limited'],
      );
      const third = answers[2]!;
      t.true(!third.ok && third.error.retryAfterMs! > 0);
      // Who has it all lacks little, and that is not counted.
      t.true((await desks[0]!.open()).ok);
      const other = new Desk(await connectClient(t, node.url, { author: ann }), doc);
      t.true((await other.open()).ok);
      t.like(await other.send(other.type('word')), { ok: true });
      t.deepEqual(
        clients.map(({ ended }) => ended),
        [undefined, undefined, undefined],
      );
    },
  );

  test.serial(`${listener}: I6 a large document stops arriving when access to it is lost`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: listener });
    const [ann, bob] = [await world.author('ann'), await world.author('bob')];
    const doc = await world.document(ann);
    await world.grant(doc, bob, 'edit');
    await seedDraft(world, doc, ann, largeState(12 * MIB, 'pasted'));
    // Before, so that nothing but the revocation happens while it arrives; and slowly, for a machine may be busy.
    const other = new Desk(await connectClient(t, node.url, { author: ann }), doc);
    t.true((await other.open()).ok);
    const line = await startSlowLine(t, node.port, LINE_BYTES_PER_SECOND / 4);
    const desk = new Desk(await connectClient(t, line.url, { author: bob }), doc);
    let answered = false;
    void desk.open().then(() => {
      answered = true;
    });
    await until(() => line.bytes() > 100_000);
    const revoked = await node.call('DELETE', `/v1/documents/${doc}/grants/${bob.handle}`, ann);
    t.is(revoked.status, 204);
    await desk.client.gone();
    t.false(answered);
  });
}
