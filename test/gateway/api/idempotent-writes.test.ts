/** Writes of a draft that are asked for again because their first answer was lost: made once, whatever became of the node. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { Draft } from '../../../schemas/http.ts';
import { until } from '../../support/helpers.ts';
import { createWorld } from '../../support/node.ts';
import { keyPrefix, sharedRedis } from '../../support/shared-services.ts';

test.beforeEach((t) => t.timeout(120_000));

const DYING_NODE = fileURLToPath(new URL('../../support/dying-node.ts', import.meta.url));
const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });

test('I1 an append whose node is killed after the commit is there once when it is repeated with its key', async (t) => {
  const world = await createWorld(t);
  const redis = { REDIS_URL: await sharedRedis(), REDIS_PREFIX: keyPrefix() };
  const ann = await world.author('ann');
  const id = await world.document(ann);
  const child = fork(DYING_NODE, {
    execArgv: [],
    env: { ...process.env, ...redis, DATABASE_URL: world.databaseUrl, PORT: '0', LISTENER: 'node', NODE_ID: 'dying' },
  });
  t.teardown(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const [port] = (await Promise.race([once(child, 'message'), exited])) as [number];

  const append = (url: string, key: string, text: string) =>
    fetch(new URL(`/v1/documents/${id}/draft/blocks`, url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ann.token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ blocks: [paragraph(text)] }),
    });
  await t.throwsAsync(append(`http://127.0.0.1:${port}`, 'first', 'once'), undefined, 'its answer is lost');
  await exited;

  const survivor = await world.node(redis);
  const early = await append(survivor.url, 'first', 'once');
  t.is(early.status, 409, 'nobody knows yet whether the first one goes on');
  await world.orm.query(`update idempotency_keys set started_at = started_at - interval '2 minutes'`, []);
  let repeated = await append(survivor.url, 'first', 'once');
  await until(async () => {
    if (repeated.status !== 503) return true;
    repeated = await append(survivor.url, 'first', 'once');
    return false;
  });
  t.is(repeated.status, 200);
  t.deepEqual(await repeated.json(), { seq: 1 });
  t.is((await append(survivor.url, 'second', 'once')).status, 200, 'another key is another write');
  const draft = (await (await survivor.call('GET', `/v1/documents/${id}/draft`, ann)).json()) as Draft;
  t.deepEqual(draft.body.content as unknown, [paragraph('once'), paragraph('once')]);
  t.is(draft.seq, 2);
});
