// What a user may do over all sockets, tokens and sessions on a node.
import test, { type ExecutionContext } from 'ava';
import { UserBudgets } from '../../../src/gateway/access/user-budgets.ts';
import { type Client, connectClient, Desk } from '../../support/client.ts';
import { until } from '../../support/helpers.ts';
import { createWorld, LISTENERS, type TestAuthor, type TestNode, type World } from '../../support/node.ts';
import { rawClient } from '../../support/yjs.ts';

test.beforeEach((t) => t.timeout(60_000));

test('I9 all sockets of a user share a budget, and other users have theirs', (t) => {
  let now = 0;
  const limits = {
    maxMessagesPerSecond: 50,
    maxMessageBurst: 200,
    maxOpensPerSecond: 10,
    maxOpenBurst: 50,
    maxDocumentsPerSocket: 100,
    socketLimitsPerUser: 8,
  };
  const loads = new UserBudgets(limits, { now: () => now });
  const spent = (take: () => boolean): number => Array.from({ length: 5_000 }, take).filter(Boolean).length;
  const messages = (user: string) => spent(() => loads.of(user).messages.take(now));
  const opens = (user: string) => spent(() => loads.of(user).opens.take(now));
  t.deepEqual([messages('ann'), opens('ann'), spent(() => loads.of('ann').openDocument())], [1_600, 400, 800]);
  t.deepEqual([messages('bob'), opens('bob')], [1_600, 400]);
  now += 1_000;
  t.deepEqual([messages('ann'), opens('ann')], [400, 80]);
  loads.of('ann').closeDocument();
  t.is(
    spent(() => loads.of('ann').openDocument()),
    1,
  );
});

test('I9 budgets of users who left are dropped, but not while anything is open or was just spent', (t) => {
  let now = 0;
  const limits = {
    maxMessagesPerSecond: 1,
    maxMessageBurst: 1,
    maxOpensPerSecond: 1,
    maxOpenBurst: 1,
    maxDocumentsPerSocket: 1,
    socketLimitsPerUser: 1,
  };
  const loads = new UserBudgets(limits, { now: () => now });
  const [open, spent, idle] = [loads.of('open'), loads.of('spent'), loads.of('idle')];
  open.openDocument();
  now += 60_000;
  spent.messages.take(now);
  for (let n = 0; n < 20_000; n += 1) loads.of(`user-${n}`);
  t.is(loads.of('open'), open);
  t.is(loads.of('spent'), spent);
  t.not(loads.of('idle'), idle);
});

/** Ten sockets of one user, of two sessions in turn. */
async function tenSockets(t: ExecutionContext, world: World, node: TestNode, ann: TestAuthor): Promise<Client[]> {
  const other = await world.session(ann);
  return await Promise.all(
    Array.from({ length: 10 }, (_, n) => connectClient(t, node.url, { author: n % 2 === 0 ? ann : other })),
  );
}

for (const LISTENER of LISTENERS) {
  test.serial(`${LISTENER} I9 messages and opens of a user are limited over all sockets and sessions`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({
      LISTENER,
      SOCKET_LIMITS_PER_USER: '2',
      MAX_MESSAGES_PER_SECOND: '1',
      MAX_MESSAGE_BURST: '30',
      MAX_OPENS_PER_SECOND: '1',
      MAX_OPEN_BURST: '4',
    });
    const [ann, bob] = [await world.author('ann'), await world.author('bob')];
    const doc = await world.document(ann);
    const sockets = await tenSockets(t, world, node, ann);

    // No socket goes beyond what is its own.
    const opened = await Promise.all(
      sockets.flatMap((client) => [new Desk(client, doc).open(), new Desk(client, doc).open()]),
    );
    const tooMany = opened.filter((answer) => !answer.ok && answer.error.code === 'rate_limited');
    t.true(tooMany.length > 0 && opened.length - tooMany.length >= 8, String(tooMany.length));
    const pings = (await Promise.all(
      sockets.flatMap((client) => Array.from({ length: 20 }, () => client.request('ping', {}))),
    )) as { ok: boolean; error?: { code: string; retryAfterMs?: number } }[];
    const refused = pings.filter(({ ok }) => !ok);
    t.true(refused.length > 0 && pings.length - refused.length >= 40, String(refused.length));
    for (const { error } of refused) {
      t.is(error?.code, 'rate_limited');
      t.true((error?.retryAfterMs ?? 0) > 0);
    }
    t.like(await (await connectClient(t, node.url, { author: bob })).request('ping', {}), { ok: true });
  });

  test.serial(`${LISTENER} I9 documents that a user has open are limited over all sockets and protocols`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER, SOCKET_LIMITS_PER_USER: '2', MAX_DOCUMENTS_PER_SOCKET: '2' });
    const ann = await world.author('ann');
    const documents = await Promise.all(Array.from({ length: 3 }, () => world.document(ann)));
    const [one = '', two = '', three = ''] = documents;
    const [first, second] = await tenSockets(t, world, node, ann);
    if (!first || !second) throw new Error('no sockets');
    const open = async (client: Client, doc: string) => {
      const answer = await new Desk(client, doc).open();
      return answer.ok ? 'ok' : answer.error.code;
    };
    t.deepEqual([await open(first, one), await open(first, two), await open(second, one)], ['ok', 'ok', 'ok']);
    t.is(await open(first, three), 'too_many_documents', 'of the socket');
    const stock = await rawClient(t, node.url, `/y/${three}?token=${ann.token}`);
    await until(() => stock.frames.length > 0);
    t.is(await open(second, two), 'too_many_documents', 'of the user');
    t.is(await open(second, one), 'ok', 'what is open already may be opened again');
    const another = await rawClient(t, node.url, `/y/${three}?token=${ann.token}`);
    t.deepEqual(await another.gone, { code: 4529, reason: 'too_many_documents' });

    first.socket.disconnect();
    await until(async () => (await open(second, two)) === 'ok');
    const later = await rawClient(t, node.url, `/y/${three}?token=${ann.token}`);
    await until(() => later.frames.length > 0);
    t.is(await open(second, three), 'too_many_documents');
  });
}
