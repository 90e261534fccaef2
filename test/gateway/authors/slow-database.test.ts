/** Authors who come in while the database answers late, and clients who come in and say nothing. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import pg from 'pg';
import WebSocket from 'ws';
import { connectClient } from '../../support/client.ts';
import { createWorld, LISTENERS } from '../../support/node.ts';

/** Longer than a client may say nothing. */
const SLOW_MS = 6_000;

for (const LISTENER of LISTENERS) {
  test(`${LISTENER}: a session that the database looks up late is let in; a connection that asks nothing is closed`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER });
    const author = await world.author();
    const other = new pg.Client({ connectionString: world.databaseUrl });
    await other.connect();
    t.teardown(() => other.end());
    await other.query('begin; lock table sessions in access exclusive mode');

    const silent = new WebSocket(`${node.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    const closed = once(silent, 'close');
    const coming = connectClient(t, node.url, { author });
    await delay(SLOW_MS);
    await other.query('commit');
    const { socket, ended } = await coming;
    t.true(socket.connected, ended);
    await closed;
  });
}
