/** Where a request goes: the owner is here, elsewhere, dead, hung, unknown, or changes while it is asked. */
import test from 'ava';
import { failure } from '../../../schemas/errors.ts';
import type { Documents } from '../../../src/actors/document/documents.ts';
import type { DocumentRequest, WriteRequest } from '../../../src/actors/document/ports.ts';
import type { RemoteDocuments } from '../../../src/actors/document/remote.ts';
import { createDocumentRouter } from '../../../src/actors/document/router.ts';
import { createLocalCluster } from '../../../src/cluster/local.ts';
import type { CallResult, Liveness } from '../../../src/ports/cluster.ts';
import type { DraftHead } from '../../../src/ports/journal.ts';
import { author } from '../../support/actors.ts';
import { silentLog } from '../../support/silent-log.ts';

const ME = { node: 'self', connection: 'c', author: { userId: 'u', sessionId: 's' }, role: 'edit' } as const;
const OPEN = { participant: ME, clientId: 1, stateVector: new Uint8Array([0]) };
const opened = (by: string) => ({
  ok: true as const,
  epoch: 1,
  seq: 0,
  role: 'edit' as const,
  update: Buffer.from(by),
  stateVector: new Uint8Array(),
});

function world() {
  const log: string[] = [];
  const owned = new Set<string>();
  const writeIds = new Set<number>();
  /** Answers of the documents here, the last one for ever. */
  let here: (() => object)[] = [() => opened('self')];
  /** What the directory says, the last for ever. */
  let heads: (DraftHead | undefined | Error)[] = [{ ownerNode: null, epoch: 1, headSeq: 0 }];
  let calls: (CallResult | (() => CallResult))[] = [];
  const liveness = new Map<string, Liveness>();
  const next = <T>(items: T[]): T => (items.length > 1 ? (items.shift() as T) : (items[0] as T));
  const documents = {
    has: (documentId: string) => owned.has(documentId),
    start(documentId: string, epoch: number) {
      log.push(`start at ${epoch}`);
      owned.add(documentId);
    },
    deliver(documentId: string, request: DocumentRequest) {
      log.push(`deliver ${request.kind}${'repeated' in request && request.repeated ? ', repeated' : ''}`);
      if (request.kind === 'write') writeIds.add(request.writeId);
      const answer = next(here)() as ReturnType<typeof failure>;
      if (!answer.ok && answer.error.code === 'reopen') owned.delete(documentId);
      request.reply(answer);
    },
    leave: (documentId: string, node: string, connection: string) =>
      log.push(`leave ${documentId} ${node} ${connection}`),
  } as unknown as Documents;
  const remote = {
    async open(owner: string) {
      log.push(`open at ${owner}`);
      const call = next(calls);
      return typeof call === 'function' ? call() : call;
    },
    async edit(owner: string) {
      log.push(`edit at ${owner}`);
      const call = next(calls);
      return typeof call === 'function' ? call() : call;
    },
    async write(owner: string, _documentId: string, request: WriteRequest) {
      log.push(`write at ${owner}, epoch ${request.epoch}${request.repeated ? ', repeated' : ''}`);
      writeIds.add(request.writeId);
      const call = next(calls);
      return typeof call === 'function' ? call() : call;
    },
    leave: (owner: string, documentId: string) => log.push(`leave ${documentId} at ${owner}`),
  } as unknown as RemoteDocuments;
  const cluster = {
    ...createLocalCluster({ nodeId: 'self', log: silentLog }),
    liveness: (node: string): Liveness => liveness.get(node) ?? 'unknown',
  };
  const router = createDocumentRouter({
    documents,
    remote,
    cluster,
    directory: {
      async head() {
        const head = next(heads);
        if (head instanceof Error) throw head;
        return head;
      },
    },
    log: silentLog,
    settleMs: 1,
  });
  return {
    log,
    owned,
    writeIds,
    router,
    says(setting: {
      heads?: typeof heads;
      here?: typeof here;
      calls?: typeof calls;
      liveness?: Record<string, Liveness>;
    }) {
      heads = setting.heads ?? heads;
      here = setting.here ?? here;
      calls = setting.calls ?? calls;
      for (const [node, state] of Object.entries(setting.liveness ?? {})) liveness.set(node, state);
    },
    open: () => router.open('doc', OPEN),
  };
}
const owned = (ownerNode: string | null, epoch = 1): DraftHead => ({ ownerNode, epoch, headSeq: 0 });
const answeredBy = (by: string): CallResult => ({ ok: true, value: opened(by) });
const by = ({ answer, owner }: { answer: object; owner: string | undefined }) =>
  'update' in answer
    ? `${Buffer.from(answer.update as Uint8Array)} (${owner})`
    : `${(answer as ReturnType<typeof failure>).error.code} (${owner})`;

test('a document without an owner is claimed here, at the epoch that was read', async (t) => {
  const w = world();
  w.says({ heads: [owned(null, 5)] });
  t.is(by(await w.open()), 'self (self)');
  t.deepEqual(w.log, ['start at 5', 'deliver open']);
});

test('a request to a document owned here reads no directory', async (t) => {
  const w = world();
  w.owned.add('doc');
  w.says({ heads: [new Error('the database is away')] });
  t.is(by(await w.open()), 'self (self)');
});

test('a document that this node owns in the directory alone is claimed again', async (t) => {
  const w = world();
  w.says({ heads: [owned('self', 3)] });
  t.is(by(await w.open()), 'self (self)');
  t.deepEqual(w.log, ['start at 3', 'deliver open']);
});

test('a request goes to the owner on another node, and its refusal is the answer', async (t) => {
  const w = world();
  w.says({ heads: [owned('b')], calls: [answeredBy('b')], liveness: { b: 'alive' } });
  t.is(by(await w.open()), 'b (b)');
  w.says({ calls: [{ ok: true, value: failure('client_forged') }] });
  t.is(by(await w.open()), 'client_forged (b)');
  t.deepEqual(w.log, ['open at b', 'open at b']);
});

test('a dead owner is replaced at once, without a call', async (t) => {
  const w = world();
  w.says({ heads: [owned('b', 7)], liveness: { b: 'dead' } });
  t.is(by(await w.open()), 'self (self)');
  t.deepEqual(w.log, ['start at 7', 'deliver open']);
});

test('an owner whose channel has no subscriber is replaced at once', async (t) => {
  const w = world();
  w.says({ heads: [owned('b', 7)], calls: [{ ok: false, reason: 'dead' }], liveness: { b: 'alive' } });
  t.is(by(await w.open()), 'self (self)');
  t.deepEqual(w.log, ['open at b', 'start at 7', 'deliver open']);
});

test('a hung owner is replaced when its lease has lapsed, not before', async (t) => {
  for (const [state, expected] of [
    ['alive', 'unavailable (b)'],
    ['unknown', 'unavailable (b)'],
    ['dead', 'self (self)'],
  ] as const) {
    const w = world();
    w.says({
      heads: [owned('b')],
      liveness: { b: 'alive' },
      calls: [
        () => {
          // What is known of it when the call has waited in vain.
          w.says({ liveness: { b: state } });
          return { ok: false, reason: 'timeout' };
        },
      ],
    });
    t.is(by(await w.open()), expected, state);
    t.is(w.log[0], 'open at b');
  }
});

test('while the link is down nothing is claimed on a guess, and documents owned here are served', async (t) => {
  const w = world();
  w.says({ heads: [owned('b')], calls: [{ ok: false, reason: 'disconnected' }] });
  const { answer } = await w.open();
  t.like(answer, { ok: false, error: { code: 'unavailable', retryAfterMs: 500 } });
  w.says({ calls: [{ ok: false, reason: 'failed' }] });
  t.is(by(await w.open()), 'unavailable (b)');
  t.false(w.log.some((line) => line.startsWith('start')));
  w.says({ heads: [owned(null)] });
  t.is(by(await w.open()), 'self (self)', 'what nobody holds can be claimed');
});

test('a live owner that no longer has the document, whatever the directory says, is replaced', async (t) => {
  const w = world();
  w.says({ heads: [owned('b', 4)], calls: [{ ok: true, value: 'not-owner' }], liveness: { b: 'alive' } });
  t.is(by(await w.open()), 'self (self)');
  t.deepEqual(w.log, ['open at b', 'start at 4', 'deliver open']);
});

test('a document that changes hands is followed to its new owner', async (t) => {
  const w = world();
  w.says({
    heads: [owned('b', 1), owned('c', 2)],
    calls: [{ ok: true, value: failure('reopen') }, answeredBy('c')],
    liveness: { b: 'alive', c: 'alive' },
  });
  t.is(by(await w.open()), 'c (c)');
  t.deepEqual(w.log, ['open at b', 'open at c']);
});

test('I2 a node that loses a claim sends the request to the winner', async (t) => {
  const w = world();
  w.says({
    heads: [owned(null, 1), owned('b', 2)],
    here: [() => failure('reopen')],
    calls: [answeredBy('b')],
    liveness: { b: 'alive' },
  });
  t.is(by(await w.open()), 'b (b)');
  t.deepEqual(w.log, ['start at 1', 'deliver open', 'open at b']);
});

test('a document that crashes again and again is not waited for without end', async (t) => {
  const w = world();
  w.owned.add('doc');
  w.says({ here: [() => failure('restarting')] });
  t.is(by(await w.open()), 'unavailable (undefined)');
  t.is(w.log.length, 6);
});

test('a missing document and an unreachable directory are distinguished', async (t) => {
  const w = world();
  w.says({ heads: [undefined] });
  t.is(by(await w.open()), 'not_found (undefined)');
  w.says({ heads: [new Error('connection refused')] });
  t.is(by(await w.open()), 'unavailable (undefined)');
});

test('a router that was stopped starts nothing, not even for a request on its way', async (t) => {
  const w = world();
  const asked = w.open();
  w.router.stop();
  t.is(by(await asked), 'draining (undefined)');
  t.is(by(await w.open()), 'draining (undefined)');
  t.deepEqual(w.log, []);
});

test('an edit goes to the node that answered the opening, nowhere else, and is answered once', async (t) => {
  const ann = author('ann', 1);
  for (const [owner, call, expected] of [
    ['self', undefined, 'ok'],
    ['b', { ok: true, value: { ok: true, seq: 3 } }, 'ok'],
    ['b', { ok: true, value: 'not-owner' }, 'reopen'],
    ['b', { ok: false, reason: 'dead' }, 'reopen'],
    ['b', { ok: false, reason: 'timeout' }, 'unavailable'],
    ['b', { ok: false, reason: 'disconnected' }, 'unavailable'],
  ] as const) {
    const w = world();
    w.says({ heads: [new Error('not asked')], calls: call ? [call] : [] });
    const answers: string[] = [];
    await new Promise<void>((resolve) => {
      w.router.edit('doc', owner, {
        connection: 'c',
        author: ME.author,
        update: ann.write((text) => text.insert(0, 'x')),
        reply(answer) {
          answers.push(answer.ok ? 'ok' : answer.error.code);
          resolve();
        },
      });
    });
    t.deepEqual(answers, [expected]);
    t.is(w.log.length, 1);
  }
});

test('an edit by somebody who has not opened the document finds its owner', async (t) => {
  const w = world();
  const request = { connection: undefined, author: ME.author, update: new Uint8Array([0, 0]) };
  w.says({ heads: [owned('b')], calls: [{ ok: true, value: { ok: true, seq: 3 } }], liveness: { b: 'alive' } });
  t.deepEqual(await w.router.editAnywhere('doc', request), { ok: true, seq: 3 });
  t.deepEqual(w.log, ['edit at b']);
});

const WRITE = { author: ME.author, change: { title: 'T' } };

test('a write is repeated, under its id, only when its node can no longer write', async (t) => {
  const wrote = () => ({ ok: true, seq: 3 });
  for (const [call, expected] of [
    [{ ok: false, reason: 'dead' }, ['write at b, epoch 7', 'start at 7', 'deliver write, repeated']],
    [{ ok: true, value: 'not-owner' }, ['write at b, epoch 7', 'start at 7', 'deliver write, repeated']],
    [{ ok: true, value: failure('restarting') }, ['write at b, epoch 7', 'start at 8', 'deliver write, repeated']],
  ] as const) {
    const w = world();
    w.says({ heads: [owned('b', 7), owned(null, 8)], calls: [call], liveness: { b: 'alive' }, here: [wrote] });
    t.deepEqual(await w.router.write('doc', WRITE), { ok: true, seq: 3 });
    t.deepEqual(w.log, [...expected]);
    t.is(w.writeIds.size, 1);
  }
  const w = world();
  w.says({ here: [() => failure('reopen'), wrote] });
  t.deepEqual(await w.router.write('doc', WRITE), { ok: true, seq: 3 });
  t.deepEqual(w.log, ['start at 1', 'deliver write', 'start at 1', 'deliver write, repeated']);
});

test('a write that its owner may still make is not repeated at another node', async (t) => {
  for (const reason of ['timeout', 'disconnected', 'failed'] as const) {
    const w = world();
    w.says({ heads: [owned('b', 7)], calls: [{ ok: false, reason }], liveness: { b: 'alive' } });
    t.like(await w.router.write('doc', WRITE), { ok: false, error: { code: 'unavailable' } });
    t.deepEqual(w.log, ['write at b, epoch 7']);
  }
});

test('a node that drains does not call a write refused that may have been carried out', async (t) => {
  const w = world();
  w.says({
    here: [
      () => {
        w.router.stop();
        return failure('reopen');
      },
    ],
  });
  t.like(await w.router.write('doc', WRITE), { error: { code: 'unavailable' } });
  t.like(await w.router.write('doc', WRITE), { error: { code: 'draining' } });
});

test('a leave goes to the owner', (t) => {
  const w = world();
  w.router.leave('doc', 'self', { node: 'self', connection: 'c' });
  w.router.leave('doc', 'b', { node: 'self', connection: 'c' });
  t.deepEqual(w.log, ['leave doc self c', 'leave doc at b']);
});
