/**
 * Several Socket.IO servers in one process, on both listeners: rooms of one never show in another. Socket.IO's own
 * support of uWS patches the adapter class of the whole process; here it is contained (src/gateway/listener/uws-rooms.ts).
 */
import test from 'ava';
import { loadUws } from '../../../src/gateway/listener/uws-module.ts';
import { client, inbox, startSocketIo } from '../../contracts/listener-socket-io.ts';
import { limits, until } from '../../support/listener-harness.ts';

const loaded = loadUws(limits.maxHeaderBytes);
const run = loaded.ok ? test : test.skip;
const why = loaded.ok ? '' : ` (uWebSockets.js cannot load here: ${loaded.reason})`;

run(`I6 servers on uWS and node:http in one process deliver each their own rooms${why}`, async (t) => {
  const servers = [];
  for (const kind of ['node', 'uws', 'uws', 'node'] as const) servers.push(await startSocketIo(t, kind, 'msgpack'));
  const inboxes: string[][] = [];
  for (const { io, origin } of servers) {
    io.on('connection', (socket) => socket.join('doc'));
    for (let index = 0; index < 2; index++) inboxes.push(inbox(await client(t, origin, 'msgpack'), 'say'));
  }
  servers.forEach(({ io }, index) => {
    io.to('doc').emit('say', `room ${index}`);
    io.emit('say', `all ${index}`);
  });
  await until(() => inboxes.every(({ length }) => length === 2));
  t.deepEqual(
    inboxes,
    [0, 0, 1, 1, 2, 2, 3, 3].map((index) => [`room ${index}`, `all ${index}`]),
  );
});

run(`I6 closing one server leaves the rooms of the others as they are${why}`, async (t) => {
  const first = await startSocketIo(t, 'uws');
  const second = await startSocketIo(t, 'uws');
  const third = await startSocketIo(t, 'node');
  const before: string[][] = [];
  for (const { io, origin } of [second, third]) {
    io.on('connection', (socket) => socket.join('doc'));
    before.push(inbox(await client(t, origin), 'say'));
  }
  await first.io.close();
  const fourth = await startSocketIo(t, 'uws');
  fourth.io.on('connection', (socket) => socket.join('doc'));
  const after: string[][] = [];
  for (const { origin } of [second, third, fourth]) after.push(inbox(await client(t, origin), 'say'));
  for (const { io } of [second, third, fourth]) io.to('doc').emit('say', 'still');
  await until(() => [...before, ...after].every(({ length }) => length > 0));
  t.deepEqual([...before, ...after], Array(5).fill(['still']));
});
