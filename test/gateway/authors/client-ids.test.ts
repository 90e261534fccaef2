// Client ids from outside: an author's offline work comes home, whatever others do under the id that awareness showed.
import test, { type ExecutionContext } from 'ava';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { readPresence, writePresence } from '../../../src/gateway/authors/awareness.ts';
import { updateFrame } from '../../../src/gateway/yjs/protocol.ts';
import { connectClient, Desk } from '../../support/client.ts';
import { until } from '../../support/helpers.ts';
import { createWorld, LISTENERS, type TestAuthor, type TestNode } from '../../support/node.ts';
import { rawClient } from '../../support/yjs.ts';

test.beforeEach((t) => t.timeout(90_000));

const STEP_1 = Uint8Array.of(0, 0, 1, 0);
const EMPTY_STEP_2 = Uint8Array.of(0, 1, 2, 0, 0);

function caret(clientId: number): Uint8Array {
  const frame = encoding.createEncoder();
  encoding.writeVarUint(frame, 1);
  encoding.writeVarUint8Array(frame, writePresence([{ clientId, clock: 1, state: {} }]));
  return encoding.toUint8Array(frame);
}

/** Tries whatever a member of the document can to have an id for itself. */
async function attack(t: ExecutionContext, node: TestNode, doc: string, clientId: number, attacker: TestAuthor) {
  const thief = new Y.Doc();
  thief.clientID = clientId;
  thief.getText('body').insert(0, 'stolen');
  const stolen = Y.encodeStateAsUpdate(thief);
  for (const mode of ['edit', 'view'] as const) {
    const desk = new Desk(await connectClient(t, node.url, { author: attacker }), doc, clientId);
    t.like(await desk.open(mode), { ok: false, error: { code: 'client_forged' } });
  }
  const other = new Desk(await connectClient(t, node.url, { author: attacker }), doc);
  await other.open();
  const edited = await other.send(stolen);
  t.true(!edited.ok && ['client_forged', 'read_only'].includes(edited.error.code));
  const sent = await node.call('POST', `/v1/documents/${doc}/updates`, attacker);
  t.false(sent.ok);
  const speaking = await rawClient(t, node.url, `/y/${doc}?token=${attacker.token}`);
  speaking.send(STEP_1);
  speaking.send(caret(clientId));
  t.deepEqual(await speaking.gone, { code: 4403, reason: 'client_forged' });
  const writing = await rawClient(t, node.url, `/y/${doc}?token=${attacker.token}`);
  writing.send(STEP_1);
  await until(() => writing.frames.length >= 1);
  writing.send(EMPTY_STEP_2);
  writing.send(updateFrame(stolen));
  writing.send(caret(clientId));
  t.deepEqual(await writing.gone, { code: 4403, reason: 'client_forged' });
}

for (const listener of LISTENERS) {
  test.serial(
    `${listener}: I4 no co-author and no reader strands what an author writes offline before the first edit`,
    async (t) => {
      const world = await createWorld(t);
      let node = await world.node({ LISTENER: listener });
      const [ann, ben, eve] = [await world.author('ann'), await world.author('ben'), await world.author('eve')];
      const doc = await world.document(ann);
      await world.grant(doc, ben, 'edit');
      await world.grant(doc, eve, 'view');

      const desk = new Desk(await connectClient(t, node.url, { author: ann }), doc, 4_711);
      t.like(await desk.open(), { ok: true });
      const watching = new Desk(await connectClient(t, node.url, { author: eve }), doc);
      t.like(await watching.open('view'), { ok: true });
      const update = writePresence([{ clientId: 4_711, clock: 1, state: { cursor: null } }]);
      t.like(await desk.client.request('awareness', { doc, update }), { ok: true });
      await watching.client.take('awareness', ({ update }) => readPresence(update)?.clientId === 4_711);
      desk.client.socket.disconnect();
      const offline = desk.type('written offline');

      for (const attacker of [eve, ben]) await attack(t, node, doc, 4_711, attacker);
      await node.close();
      node = await world.node({ LISTENER: listener });
      for (const attacker of [eve, ben]) await attack(t, node, doc, 4_711, attacker);

      const back = new Desk(await connectClient(t, node.url, { author: ann }), doc, 4_711);
      t.like(await back.open(), { ok: true });
      t.like(await back.send(offline), { ok: true, seq: 1 });
    },
  );

  test.serial(`${listener}: I4 a reader who has an id first keeps no author from it`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: listener });
    const [ann, eve] = [await world.author('ann'), await world.author('eve')];
    const doc = await world.document(ann);
    await world.grant(doc, eve, 'view');
    const squatting = new Desk(await connectClient(t, node.url, { author: eve }), doc, 4_711);
    t.like(await squatting.open(), { ok: true });
    const speaking = await rawClient(t, node.url, `/y/${doc}?token=${eve.token}`);
    speaking.send(STEP_1);
    speaking.send(caret(4_712));
    await until(() => squatting.client.frames.some(({ event }) => event === 'awareness'));
    for (const clientId of [4_711, 4_712]) {
      const desk = new Desk(await connectClient(t, node.url, { author: ann }), doc, clientId);
      t.like(await desk.open(), { ok: true });
      t.like(await desk.send(desk.type(`under ${clientId}`)), { ok: true });
    }
    await squatting.client.take('reopen');
    t.like(await squatting.open(), { ok: false, error: { code: 'client_forged' } });
    t.deepEqual(await speaking.gone, { code: 4403, reason: 'client_forged' });
  });
}
