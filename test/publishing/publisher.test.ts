/** What a publisher asks of the draft when it makes it what it was. */
import test from 'ava';
import { createPublisher, type PublisherOptions } from '../../src/publishing/publisher.ts';

const ACTOR = { kind: 'session', userId: 'ann', sessionId: 'desk', surface: 'api' } as never;
const BODY = { type: 'doc', content: [] };

test('I1 a restored draft is written under the id of its request, so that a repeated one is carried out once', async (t) => {
  const asked: unknown[] = [];
  const publisher = createPublisher({
    publishing: { reverted: async () => undefined },
    revisions: { get: async () => ({ title: 'Cranes', summary: '', body: BODY }) },
    drafts: {
      async write(documentId: string, { author: _, ...request }: object & { author: unknown }) {
        asked.push({ documentId, ...request });
        return { ok: true, seq: 8 };
      },
    },
    notify: () => undefined,
  } as unknown as PublisherOptions);
  const options = { ifSeq: 7, writeId: 42 };
  const change = { title: 'Cranes' };
  t.deepEqual(await publisher.restore(ACTOR, 'doc', { position: 3, change }, options), { ok: true, seq: 8 });
  t.deepEqual(await publisher.revert(ACTOR, 'doc', 2, options), { ok: true, seq: 8 });
  t.deepEqual(asked, [
    { documentId: 'doc', change, ...options },
    { documentId: 'doc', change: { title: 'Cranes', summary: '', body: BODY }, ...options },
  ]);
});
