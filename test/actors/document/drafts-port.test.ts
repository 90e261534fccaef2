/** The contract of drafts: of a node alone, and of one whose documents another node owns. */
import test from 'ava';
import { draftsContract } from '../../contracts/drafts.ts';
import { draftsOver, startDrafts } from '../../support/drafts.ts';
import { journalBench } from '../../support/journal.ts';
import { oncePerFile } from '../../support/once.ts';
import { startPeer } from '../../support/router-peer.ts';
import { keyPrefix, migratedDatabase, sharedRedis } from '../../support/shared-services.ts';

const shared = oncePerFile(test, async (scope) => {
  const bench = await journalBench(await migratedDatabase());
  scope.teardown(() => bench.close());
  return bench;
});

const alone = oncePerFile(test, async (scope) => {
  const drafts = startDrafts((await shared()).databaseUrl);
  scope.teardown(() => drafts.close());
  return drafts;
});

draftsContract(test, 'a node alone', async () => {
  const [{ document }, drafts] = [await shared(), await alone()];
  return { drafts, document };
});

const pair = oncePerFile(test, async (scope) => {
  const settings = { databaseUrl: (await shared()).databaseUrl, redisUrl: await sharedRedis(), keyPrefix: keyPrefix() };
  const [asked, owner] = [
    await startPeer({ ...settings, nodeId: 'asked' }),
    await startPeer({ ...settings, nodeId: 'owner' }),
  ];
  for (const peer of [asked, owner]) scope.teardown(() => peer.close());
  return { asked, owner };
});

draftsContract(test, 'owned by another node', async (t) => {
  const [bench, { asked, owner }] = [await shared(), await pair()];
  return {
    drafts: draftsOver(asked.router, asked.journal),
    async document() {
      const id = await bench.document();
      t.like(await owner.router.read(id, 'state'), { ok: true });
      t.is((await bench.head(id)).ownerNode, 'owner');
      return id;
    },
  };
});
