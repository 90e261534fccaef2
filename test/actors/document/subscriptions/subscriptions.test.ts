// Subscribers to drafts, with an owner and a journal that do what the test says: order without gaps (I7), access (I6), bounds (I9).
import test from 'ava';
import { type Failure, failure } from '../../../../schemas/errors.ts';
import type { Opened, Role } from '../../../../schemas/realtime.ts';
import type { DocumentRouter, RoutedOpen } from '../../../../src/actors/document/router.ts';
import { createDraftSubscribers } from '../../../../src/actors/document/subscriptions/draft-subscribers.ts';
import type { SubscribeRequest } from '../../../../src/actors/document/subscriptions/subscribe-request.ts';
import type { UserConnection } from '../../../../src/actors/user/users.ts';
import { createLocalCluster } from '../../../../src/cluster/local.ts';
import type { Identity } from '../../../../src/ports/access.ts';
import { documentChannel } from '../../../../src/ports/notices.ts';
import { until } from '../../../support/helpers.ts';
import { silentLog } from '../../../support/silent-log.ts';

test.beforeEach((t) => t.timeout(20_000));

const DOC = '0b0f6c7e-6a0c-4a55-9d52-0f9f3f6d0001';
const someone: Identity = {
  userId: 'ann',
  handle: 'ann',
  role: 'author',
  sessionId: 'session',
  expiresAt: Number.MAX_SAFE_INTEGER,
};

function setUp() {
  const cluster = createLocalCluster({ nodeId: 'self', log: silentLog });
  const journal: { seq: number; update: Uint8Array }[] = [];
  const joined = new Set<UserConnection>();
  const state = {
    role: 'edit' as Role | null,
    refusal: undefined as Failure | undefined,
    opens: 0,
    left: 0,
    reads: [] as number[],
    journalAway: false,
    edit: undefined as Failure | undefined,
  };
  const opened = (): RoutedOpen => ({
    owner: 'self',
    answer:
      state.refusal ??
      ({
        ok: true,
        epoch: 1,
        seq: journal.length,
        role: 'view',
        update: new Uint8Array(),
        stateVector: new Uint8Array([0]),
      } satisfies Opened),
  });
  const router = {
    async open() {
      state.opens += 1;
      return opened();
    },
    edit: (_documentId, _owner, { reply }) => reply(state.edit ?? { ok: true, seq: journal.length }),
    leave() {
      state.left += 1;
    },
  } satisfies Partial<DocumentRouter>;
  const draftSubscribers = createDraftSubscribers({
    cluster,
    router: router as unknown as DocumentRouter,
    users: {
      join: (connection) => {
        joined.add(connection);
        return undefined;
      },
      leave: (connection) => joined.delete(connection),
      publish: () => undefined,
      count: () => joined.size,
      close: () => undefined,
    },
    access: {
      roleOf: async () => state.role,
      rolesOf: async (pairs) => pairs.map(() => state.role),
      validSessions: async (ids) => new Set(ids),
    },
    journal: {
      async updates(_documentId, afterSeq, limit) {
        state.reads.push(afterSeq);
        if (state.journalAway) throw new Error('away');
        return journal.filter(({ seq }) => seq > afterSeq).slice(0, limit);
      },
    },
    random: () => 0,
    log: silentLog,
    limits: { maxCatchUpRows: 3, maxCatchUpReads: 1 },
  });
  const commit = (count: number): void => {
    for (let made = 0; made < count; made += 1)
      journal.push({ seq: journal.length + 1, update: new Uint8Array([journal.length]) });
  };
  const broadcast = (from: number, seq = from, except?: string): void =>
    draftSubscribers.edits({ doc: DOC, epoch: 1, from, seq, update: new Uint8Array() }, except);
  async function subscribe(request: Partial<SubscribeRequest> = {}) {
    const got: number[] = [];
    const events: string[] = [];
    const answer = await draftSubscribers.subscribe({
      documentId: DOC,
      identity: someone,
      connection: `c${events.length}${Math.max(joined.size, 0)}`,
      onUpdates(updates) {
        for (const { from, seq } of updates) for (let at = from; at <= seq; at += 1) got.push(at);
        return undefined;
      },
      onRole: (role) => events.push(role),
      onNotice: ({ kind }) => events.push(kind),
      onReopened: () => events.push('reopened'),
      onEnd: ({ code }) => events.push(code),
      ...request,
    });
    return { answer, got, events };
  }
  return { cluster, draftSubscribers, state, joined, commit, broadcast, subscribe };
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

test('I7 a subscriber gets what was committed after its position, then what comes, each once and in order', async (t) => {
  const { commit, broadcast, subscribe } = setUp();
  commit(10);
  const one = await subscribe({ from: 0 });
  const present = await subscribe();
  commit(2);
  broadcast(11, 12);
  await until(() => one.got.length === 12);
  t.deepEqual(one.got, upTo(12));
  t.deepEqual(present.got, [11, 12]);
  broadcast(12);
  broadcast(11, 12);
  t.is(one.got.length, 12, 'what was delivered is not delivered again');
});

test('I7 I9 a gap is read from the journal, once for all who miss the same', async (t) => {
  const { commit, broadcast, subscribe, state } = setUp();
  const all = await Promise.all([subscribe(), subscribe(), subscribe()]);
  commit(5);
  broadcast(5);
  await until(() => all.every(({ got }) => got.length === 5));
  for (const { got } of all) t.deepEqual(got, upTo(5));
  t.deepEqual(state.reads, [0, 3]);
});

test('I7 a head beyond what came leads to the journal, also when that is away for a while', async (t) => {
  const { commit, subscribe, draftSubscribers, state } = setUp();
  const one = await subscribe();
  commit(2);
  state.journalAway = true;
  draftSubscribers.head(DOC, 1, 2);
  await until(() => state.reads.length > 2);
  state.journalAway = false;
  await until(() => one.got.length === 2);
  t.true(state.opens > 1, 'whoever missed a message may be no participant any more');
});

test('I9 a receiver that does not keep up is handed nothing until it does', async (t) => {
  const { commit, broadcast, subscribe } = setUp();
  const { promise, resolve } = Promise.withResolvers<void>();
  const got: number[] = [];
  await subscribe({
    onUpdates(updates) {
      got.push(...updates.map(({ seq }) => seq));
      return got.length === 1 ? promise : undefined;
    },
  });
  commit(4);
  for (const seq of upTo(4)) broadcast(seq);
  t.deepEqual(got, [1]);
  resolve();
  await until(() => got.length === 4);
  t.deepEqual(got, upTo(4));
});

test("a subscriber's own edits are not sent back, and leave no gap", async (t) => {
  const { commit, broadcast, subscribe } = setUp();
  const one = await subscribe({ connection: 'own' });
  commit(2);
  broadcast(1, 1, 'own');
  broadcast(2);
  t.deepEqual(one.got, [2]);
});

test('a document that moves is opened again, and the subscriber is notified once', async (t) => {
  const { commit, broadcast, subscribe, draftSubscribers, state } = setUp();
  const one = await subscribe();
  state.refusal = failure('unavailable');
  draftSubscribers.reopen(DOC, 'unreachable');
  await until(() => state.opens > 3);
  commit(1);
  state.refusal = undefined;
  await until(() => one.got.length === 1);
  t.deepEqual(one.events, ['reopened']);
  state.edit = failure('reopen');
  const opens = state.opens;
  t.true(one.answer.ok && !(await one.answer.subscriber.edit(new Uint8Array())).ok);
  await until(() => state.opens > opens);
  broadcast(1);
  t.deepEqual(one.got, [1]);
});

test('I6 access is checked first, changes of it are sent, and losing it ends the subscription', async (t) => {
  const { subscribe, joined, state, draftSubscribers, broadcast, commit } = setUp();
  state.role = null;
  t.like((await subscribe()).answer, { ok: false, error: { code: 'not_found' } });
  t.is(state.opens, 0, 'nothing is opened for a stranger');
  t.is(joined.size, 0);
  state.role = 'edit';
  const one = await subscribe();
  for (const connection of joined) connection.accessChanged(DOC, 'view');
  t.true(one.answer.ok && one.answer.subscriber.role === 'view');
  t.like(one.answer.ok && (await one.answer.subscriber.edit(new Uint8Array())), { error: { code: 'read_only' } });
  for (const connection of joined) connection.accessChanged(DOC, null);
  commit(1);
  broadcast(1);
  t.deepEqual([one.events, one.got], [['view', 'not_found'], []]);
  t.is(draftSubscribers.count(), 0);
  t.is(joined.size, 0);
  t.true(state.left > 0, 'the last one leaves the document');
});

test('I6 a token does no more than its scopes say', async (t) => {
  const { subscribe } = setUp();
  const tokenOf = (...scopes: ('documents:read' | 'documents:write')[]): Identity => ({
    ...someone,
    tokenRights: { scopes, allowPlaintext: false },
  });
  t.like((await subscribe({ identity: tokenOf('documents:write') })).answer, { error: { code: 'scope_missing' } });
  const reading = await subscribe({ identity: tokenOf('documents:read') });
  t.true(reading.answer.ok && reading.answer.subscriber.role === 'view');
  const writing = await subscribe({ identity: tokenOf('documents:read', 'documents:write') });
  t.true(writing.answer.ok && writing.answer.subscriber.role === 'edit');
});

test('notices reach subscribers, a deleted document ends them, and so does draining', async (t) => {
  const { cluster, subscribe, draftSubscribers } = setUp();
  const one = await subscribe();
  cluster.publish(documentChannel(DOC), { kind: 'published', revision: 1 });
  await until(() => one.events.length > 0);
  cluster.publish(documentChannel(DOC), { kind: 'deleted' });
  await until(() => one.events.length > 2);
  t.deepEqual(one.events, ['published', 'deleted', 'not_found']);
  const two = await subscribe();
  await draftSubscribers.drain(0);
  t.deepEqual(two.events, ['draining']);
  t.like((await subscribe()).answer, { error: { code: 'draining' } });
});
