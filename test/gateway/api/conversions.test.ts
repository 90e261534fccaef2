// Conversions of large texts over HTTP, by many at once and by hostile readers: the node stays, and others go on.
import test from 'ava';
import { createWorld, LISTENERS } from '../../support/node.ts';

const AT_ONCE = 100;
/** Under the size from which a thread is used, and far above it. */
const PARAGRAPHS = { small: 3, large: 4_000 } as const;

for (const LISTENER of LISTENERS) {
  test.serial(
    `${LISTENER}: I9 I10 a hundred conversions at once by a reader end no node, and others read on`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER });
      const [ann, eve] = [await world.author('ann'), await world.author('eve')];
      const doc = await world.document(ann);
      await world.grant(doc, eve, 'view');
      for (const count of [PARAGRAPHS.large, PARAGRAPHS.small]) {
        const written = await fetch(`${node.url}/v1/documents/${doc}/draft`, {
          method: 'PUT',
          headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'text/markdown' },
          body: 'A paragraph of a text that is *long*.\n\n'.repeat(count),
        });
        t.is(written.status, 200, await written.text());
      }
      for (const [format, at] of [
        ['html', 1],
        ['json', 2],
        ['yjs', 1],
      ] as const) {
        const answers = Array.from({ length: AT_ONCE }, () =>
          node.call('GET', `/v1/documents/${doc}/history?at=${at}&format=${format}`, eve),
        );
        const other = await node.call('GET', `/v1/documents/${doc}/history?at=1&format=markdown`, ann);
        t.is(other.status, 200);
        t.true((await other.text()).startsWith('A paragraph'));
        const done = await Promise.all(
          (await Promise.all(answers)).map(async (answer) => ({ status: answer.status, text: await answer.text() })),
        );
        const statuses = new Set(done.map(({ status }) => status));
        t.deepEqual([...statuses].sort(), [200, 503], format);
        for (const { status, text } of done) if (status === 503) t.is(JSON.parse(text).code, 'overloaded');
        t.is(new Set(done.filter(({ status }) => status === 200).map(({ text }) => text)).size, 1);
      }
      t.is((await node.call('GET', '/readyz')).status, 200);
    },
  );
}
