// A large document opens at a node that does not own it.
import test from 'ava';
import { connectClient, Desk } from '../../support/client.ts';
import { largeState, seedDraft } from '../../support/large-drafts.ts';
import { createWorld } from '../../support/node.ts';
import { keyPrefix, sharedRedis } from '../../support/shared-services.ts';
import { stockClient, synced } from '../../support/yjs.ts';

test.beforeEach((t) => t.timeout(150_000));

test('I9 many clients at once open a document of nearly 16 MiB at nodes that do not own it', async (t) => {
  const world = await createWorld(t);
  const env = { REDIS_URL: await sharedRedis(), REDIS_PREFIX: keyPrefix() };
  const [owner, other] = [await world.node(env), await world.node(env)];
  const ann = await world.author('ann');
  const doc = await world.document(ann);
  const large = largeState(16 * 1_048_576 - 65_536, 'pasted');
  await seedDraft(world, doc, ann, large);
  const first = new Desk(await connectClient(t, owner.url, { author: ann }), doc);
  t.true((await first.open()).ok);
  const desks = await Promise.all(
    [1, 2, 3, 4].map(async () => new Desk(await connectClient(t, other.url, { author: ann }), doc)),
  );
  const reader = stockClient(t, other.url, ann, doc);
  const answers = await Promise.all(desks.map((desk) => desk.open()));
  t.deepEqual(
    answers.map((answer) => (answer.ok ? 'opened' : answer.error.code)),
    ['opened', 'opened', 'opened', 'opened'],
  );
  for (const desk of desks) t.is(desk.text.length, large.length);
  await synced(reader);
  t.is(reader.text().length, large.length);
  t.like(await desks[0]!.send(desks[0]!.type('word')), { ok: true });
});
