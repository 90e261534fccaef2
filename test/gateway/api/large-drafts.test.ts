/**
 * The largest texts that the API takes, over a whole node and over two: written, replaced and read back, while an author
 * has the document open and others work in other documents.
 */
import { isDeepStrictEqual } from 'node:util';
import anyTest, { type TestFn } from 'ava';
import type { Draft } from '../../../schemas/http.ts';
import { MAX_TEXT } from '../../../src/content/model/limits.ts';
import { readContent } from '../../../src/content/yjs/draft.ts';
import { createWorld, LISTENERS, type TestAuthor, type TestNode } from '../../support/node.ts';
import { prose } from '../../support/prose.ts';
import { editor, shows } from '../../support/sdk.ts';
import { keyPrefix, sharedRedis } from '../../support/shared-services.ts';

const test = anyTest as TestFn;
test.beforeEach((t) => t.timeout(400_000));

const html = (paragraphs: number, length: number, seed: number): string =>
  Array.from({ length: paragraphs }, (_, index) => `<p>${prose(length, seed * 100_003 + index)}</p>`).join('');

async function put(node: TestNode, author: TestAuthor, id: string, text: string): Promise<number> {
  const response = await fetch(new URL(`/v1/documents/${id}/draft`, node.url), {
    method: 'PUT',
    headers: { authorization: `Bearer ${author.token}`, 'content-type': 'text/html' },
    body: text,
  });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return ((await response.json()) as { seq: number }).seq;
}

const draftOf = async (node: TestNode, author: TestAuthor, id: string) =>
  (await (await node.call('GET', `/v1/documents/${id}/draft`, author)).json()) as Draft;

test('I9 large texts are written and replaced, and a connected author has them too', async (t) => {
  const world = await createWorld(t);
  const redis = { REDIS_URL: await sharedRedis(), REDIS_PREFIX: keyPrefix() };
  const [owner, other] = [
    await world.node({ ...redis, LISTENER: LISTENERS[0] }),
    await world.node({ ...redis, LISTENER: LISTENERS.at(-1) ?? 'node' }),
  ];
  const ann = await world.author('ann');
  const id = await world.document(ann);
  const here = editor(t, owner.url, ann).open(id);
  await shows(here, 'saved');
  const there = editor(t, other.url, ann).open(id);
  await shows(there, 'saved');
  const texts: [string, number][] = [
    // Both fill the limit of a body: one by what is in it, the other by what is around it.
    [html(10_000, 90, 1), 10_000],
    [html(10_000, 90, 2), 10_000],
    [html(6_000, 10, 3), 6_000],
    [html(1, MAX_TEXT - 1, 4), 1],
    // Three megabytes when it is made, and in each `edits`.
    [`<p>${'<a href="/there">a</a>b'.repeat(24_000)}</p>`, 1],
    ['<p>Short again.</p>', 1],
  ];
  let seq = 0;
  for (const [index, [text, paragraphs]] of texts.entries()) {
    t.true(text.length <= 1_048_576);
    // By way of the node that does not hold it, too; the two have different listeners.
    const [first, second] = index % 2 === 0 ? [owner, other] : [other, owner];
    const written = await put(first, ann, id, text);
    t.is(written, seq + 1, 'one change, one position');
    seq = written;
    t.is(await put(second, ann, id, text), seq, 'the same once more is no change');
    const draft = await draftOf(other, ann, id);
    t.is(draft.body.content.length, paragraphs);
    t.is(draft.seq, seq);
    for (const { ydoc } of [here, there]) {
      await new Promise<void>((resolve) => {
        const look = () => {
          if (readContent(ydoc).body.content.length !== paragraphs) return;
          ydoc.off('update', look);
          resolve();
        };
        ydoc.on('update', look);
        look();
      });
      // Not `deepEqual`, which prepares a comparison of thousands of blocks for people before it knows that there is none to show.
      t.true(isDeepStrictEqual(readContent(ydoc).body, draft.body));
    }
    const rows = await world.orm.query<{ count: number }>(
      'select count(*)::int as count from draft_updates where document_id = $1',
      [id],
    );
    t.is(rows[0]?.count, seq, 'nothing else is logged');
  }
});
