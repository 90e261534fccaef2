/**
 * Streams behind the proxy of `npm run cluster` while a node is killed. A browser's EventSource comes back after a broken
 * connection, and never after an answer that is not 200: no such answer may come while other nodes are healthy.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { readEvents } from '../../../../src/clients/http/events.ts';
import { makeDocument, makeUsers, startCluster } from '../../../chaos/cluster.ts';
import { Operations } from '../../../chaos/operations.ts';
import { until, when } from '../../../support/helpers.ts';
import { startNginx } from '../../../support/services.ts';
import { findTool } from '../../../support/tools.ts';

const STREAMS = 42;
const DOCUMENTS = 7;
const USERS = 6;
/** Until a stream has said otherwise. */
const RETRY_MS = 3_000;

/** As a browser's EventSource has it: `closed` is for good. */
function eventSource(url: string, token: string) {
  const state = { kind: 'connecting' as 'connecting' | 'open' | 'closed', status: 0, opened: 0, lastSeq: 0, why: '' };
  const ending = new AbortController();
  let lastEventId = '';
  let retryMs = RETRY_MS;
  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        const headers = {
          authorization: `Bearer ${token}`,
          accept: 'text/event-stream',
          ...(lastEventId !== '' && { 'last-event-id': lastEventId }),
        };
        const response = await fetch(url, { headers, signal: ending.signal });
        state.status = response.status;
        if (response.status !== 200) {
          state.kind = 'closed';
          state.why = await response.text();
          return;
        }
        state.kind = 'open';
        state.opened += 1;
        retryMs = 1_000;
        for await (const { id, type, data } of readEvents(response)) {
          if (id !== undefined) lastEventId = id;
          if (type === 'update') state.lastSeq = (JSON.parse(data) as { seq: number }).seq;
        }
      } catch {
        // A connection that broke, or none.
      }
      state.kind = 'connecting';
      await delay(retryMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const over = run();
  return {
    state,
    close: () => {
      ending.abort();
      return over;
    },
  };
}

when(findTool('nginx') !== undefined)(
  'I7 behind the proxy every stream comes back when a node is killed, and none is closed for good',
  async (t) => {
    t.timeout(180_000);
    // As `npm run cluster` has it: the proxy says where a request is from.
    process.env.TRUSTED_PROXIES = '127.0.0.1';
    const cluster = await startCluster(
      {
        nodes: 3,
        authors: 0,
        mixed: 0,
        seconds: 10,
        seed: 1,
        listener: 'auto',
        faults: [],
        mutant: undefined,
        perturb: false,
        logs: undefined,
      },
      new Operations(() => undefined),
    );
    t.teardown(() => cluster.stop());
    const nginx = await startNginx(cluster.nodes.map(({ port }) => `127.0.0.1:${port}`));
    t.teardown(() => nginx.stop());
    const names = Array.from({ length: USERS + 1 }, (_, index) => `user-${index}`);
    const [ann, ...users] = await makeUsers(cluster, names);
    if (!ann) throw new Error('no users');
    const documents = await Promise.all(
      Array.from({ length: DOCUMENTS }, () => makeDocument(cluster, ann, users, users[0]!)),
    );
    const streams = Array.from({ length: STREAMS }, (_, index) =>
      eventSource(`${nginx.url}/v1/documents/${documents[index % DOCUMENTS]}/events`, users[index % USERS]!.token),
    );
    const refusals = () =>
      streams.filter(({ state }) => state.kind === 'closed').map(({ state }) => `${state.status} ${state.why}`);
    t.teardown(() => Promise.all(streams.map((stream) => stream.close())));
    await until(() => streams.every(({ state }) => state.kind !== 'connecting'));
    t.deepEqual(refusals(), [], 'all are open');
    await cluster.nodes[0]?.kill();
    await until(() => streams.some(({ state }) => state.kind !== 'open'));
    await until(() => streams.every(({ state }) => state.kind !== 'connecting'));
    t.deepEqual(refusals(), []);
    t.true(streams.some(({ state }) => state.opened > 1));
    // They are streams of the present: what is written now comes on each.
    const heads = await Promise.all(
      documents.map(async (id) => {
        const response = await fetch(`${nginx.url}/v1/documents/${id}/draft/blocks`, {
          method: 'POST',
          headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ blocks: [{ type: 'paragraph', content: [{ type: 'text', text: 'after' }] }] }),
        });
        return ((await response.json()) as { seq?: number }).seq ?? 0;
      }),
    );
    t.true(heads.every((seq) => seq > 0));
    await until(() => streams.every(({ state }, index) => state.lastSeq === heads[index % DOCUMENTS]));
  },
);
