import test from 'ava';
import { createListener } from '../../../src/gateway/listener/create-listener.ts';
import { UnreadBytes } from '../../../src/gateway/listener/unread-bytes.ts';
import { loadUws } from '../../../src/gateway/listener/uws-module.ts';
import { limits, memoryLog, unreadLimits } from '../../support/listener-harness.ts';

const fetch = (): Response => new Response('');
const loaded = loadUws(limits.maxHeaderBytes);

test('auto takes uWebSockets.js where it loads, else node:http with the reason, and the log says which', async (t) => {
  const log = memoryLog();
  const listener = await createListener('auto', { fetch, unread: new UnreadBytes(unreadLimits), limits, log });
  t.is(listener.kind, loaded.ok ? 'uws' : 'node');
  t.like(log.lines[0]!.fields, { listener: listener.kind, asked: 'auto' });
  if (!loaded.ok) t.like(log.lines[0]!.fields, { reason: loaded.reason });
});

test('uws where it cannot load is an error, not something else', async (t) => {
  const attempt = createListener('uws', { fetch, unread: new UnreadBytes(unreadLimits), limits, log: memoryLog() });
  if (loaded.ok) t.is((await attempt).kind, 'uws');
  else await t.throwsAsync(attempt, { message: /cannot load/ });
});

test('node is node:http, whatever would load', async (t) => {
  const log = memoryLog();
  t.is((await createListener('node', { fetch, unread: new UnreadBytes(unreadLimits), limits, log })).kind, 'node');
  t.like(log.lines[0]!.fields, { listener: 'node', asked: 'node' });
});
