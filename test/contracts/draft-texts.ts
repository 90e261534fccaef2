// What every implementation of the projection of drafts does: it may lag behind and never goes back.
import { randomUUID } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import type { DocumentStore } from '../../src/ports/documents.ts';
import type { DraftText, DraftTextStore } from '../../src/ports/draft-texts.ts';
import type { People } from '../support/people.ts';
import { rulesOf } from './rules.ts';

export interface DraftTextsWorld extends People {
  /** As nodes have it. */
  readonly nodes: readonly [DraftTextStore, DraftTextStore];
  readonly documents: DocumentStore;
  /** The draft's last edit is at a position, and so many seconds old. */
  edited(documentId: string, seq: number, secondsAgo: number): Promise<void>;
}

export function draftTextsContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<DraftTextsWorld>,
): void {
  const rule = rulesOf(test, `draft texts, ${name}`, worldOf);
  const textOf = (documentId: string, seq: number, more: Partial<DraftText> = {}): DraftText => ({
    documentId,
    seq,
    title: null,
    summary: '',
    text: '',
    ...more,
  });

  rule(
    'SEARCH3 titles and summaries of drafts reach their documents, and only changes are reported',
    async (t, world) => {
      const { document, documents, nodes, person } = world;
      const owner = await person();
      const id = await document(owner, 'Made with this');
      await documents.change(owner.actor, id, { summary: 'And this' });
      const [texts] = nodes;
      const seen = async () => {
        const found = await documents.get(owner.userId, id);
        return [found?.title, found?.summary];
      };
      t.deepEqual(await texts.project([textOf(id, 1)]), []);
      t.deepEqual(await seen(), ['Made with this', 'And this'], 'a draft without a title of its own');
      t.deepEqual(await texts.project([textOf(id, 2, { title: 'Typed', summary: 'About' })]), [id]);
      t.deepEqual(await seen(), ['Typed', 'About']);
      t.deepEqual(await texts.project([textOf(id, 3, { title: 'Typed', summary: 'About', text: 'words' })]), []);
      t.deepEqual(await texts.project([textOf(id, 4, { title: 'Typed' })]), [id]);
      t.deepEqual(await seen(), ['Typed', ''], 'a summary that was taken out');
      t.deepEqual(await texts.project([]), []);
    },
  );

  rule('SEARCH3 an older text never replaces a newer one, in whatever order they come', async (t, world) => {
    const { document, documents, nodes, person } = world;
    const owner = await person();
    const id = await document(owner);
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => {
        const seq = 10 + ((n * 7) % 20);
        return nodes[n % 2 === 0 ? 0 : 1].project([textOf(id, seq, { title: `Title ${seq}` })]);
      }),
    );
    t.deepEqual(await nodes[0].project([textOf(id, 12, { title: 'Late' })]), []);
    t.like(await documents.get(owner.userId, id), { title: 'Title 29' });
    t.deepEqual(await nodes[1].project([textOf(id, 29, { title: 'The same again' })]), [id], 'read anew');
  });

  rule('SEARCH4 documents that are gone are passed over, and the others projected', async (t, world) => {
    const { document, nodes, person } = world;
    const owner = await person();
    const ids = [await document(owner), await document(owner)];
    const changed = await nodes[0].project(
      [ids[0] ?? '', randomUUID(), ids[1] ?? ''].map((id) => textOf(id, 1, { title: 'Projected' })),
    );
    t.deepEqual(changed.toSorted(), ids.toSorted());
  });

  rule('SEARCH4 nodes that project the same documents in different orders wait for each other', async (t, world) => {
    const { document, nodes, person } = world;
    const owner = await person();
    const ids = await Promise.all(Array.from({ length: 10 }, () => document(owner)));
    for (let round = 1; round <= 5; round += 1) {
      await t.notThrowsAsync(
        Promise.all(
          [ids, ids.toReversed(), ids, ids.toReversed()].map((order, n) =>
            nodes[n % 2 === 0 ? 0 : 1].project(order.map((id) => textOf(id, round, { title: `Round ${round}.${n}` }))),
          ),
        ),
      );
    }
  });

  rule(
    'SEARCH5 drafts whose last edits were not projected are found once they are idle, so many at a time',
    async (t, world) => {
      const { document, edited, nodes, person } = world;
      const owner = await person();
      const [left, partly, busy, done] = [
        await document(owner),
        await document(owner),
        await document(owner),
        await document(owner),
      ];
      await edited(left, 3, 60);
      await edited(partly, 3, 60);
      await edited(busy, 3, 0);
      await edited(done, 3, 60);
      const [texts] = nodes;
      await texts.project([textOf(partly, 2), textOf(done, 3)]);
      t.deepEqual((await texts.behind(100)).toSorted(), [left, partly].toSorted());
      t.is((await texts.behind(1)).length, 1);
      await texts.project([textOf(left, 3), textOf(partly, 3)]);
      t.deepEqual(await texts.behind(100), []);
    },
  );

  rule('SEARCH11 what is stored is indexed with it, and leaves nothing to be indexed later', async (t, world) => {
    const { document, documents, nodes, person } = world;
    const owner = await person();
    const id = await document(owner, 'Made with this');
    const [one, two] = nodes;
    await one.project([textOf(id, 1, { title: 'Typed', text: 'a lighthouse' })]);
    t.deepEqual(await two.index(undefined), { last: undefined, failed: [] });
    const found = await documents.list(owner.userId, { limit: 5, after: undefined, q: 'lighth typ' });
    t.deepEqual(
      found.documents.map((one) => one.id),
      [id],
    );
  });
}
