/** Authors who come in while the database answers late, beside clients who say nothing or were refused. */
import { once } from 'node:events';
import test from 'ava';
import pg from 'pg';
import * as msgpackParser from 'socket.io-msgpack-parser';
import WebSocket from 'ws';
import { connectClient } from '../../support/client.ts';
import { createWorld, LISTENERS } from '../../support/node.ts';

const [CONNECT] = new msgpackParser.Encoder().encode({ type: 0, nsp: '/', data: {} }) as unknown as [Uint8Array];

for (const LISTENER of LISTENERS) {
  test(`${LISTENER}: a connection whose session is looked up late is accepted; one that asks for nothing, or is refused, is closed`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER });
    const author = await world.author();
    const other = new pg.Client({ connectionString: world.databaseUrl });
    await other.connect();
    t.teardown(() => other.end());
    await other.query('begin; lock table sessions in access exclusive mode');

    const coming = connectClient(t, node.url, { author });
    const address = `${node.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
    const silent = new WebSocket(address);
    const refused = new WebSocket(address, { headers: { origin: 'https://elsewhere.example' } });
    refused.once('message', () => refused.send(CONNECT));
    await Promise.all([once(silent, 'close'), once(refused, 'close')]);
    // They had their time; the look-up goes on, and may.
    await other.query('commit');
    const { socket, ended } = await coming;
    t.true(socket.connected, ended);
  });
}
