// What every implementation of public reads does: anybody sees what is published of public documents, and nothing else.
import type { ExecutionContext, TestFn } from 'ava';
import type { PublicLists, PublicReads } from '../../src/ports/public-reads.ts';
import type { publicationsOf } from '../support/public.ts';
import { rulesOf } from './rules.ts';

/** Documents that come and go, and what is to be read of them. */
export type PublicWorld = Omit<Awaited<ReturnType<typeof publicationsOf>>, 'pool'> & { readonly reads: PublicReads };
export type PublicListsWorld = Omit<PublicWorld, 'reads'> & { readonly reads: PublicLists };

export function publicReadsContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<PublicWorld>,
): void {
  const rule = rulesOf(test, name, worldOf);

  rule(
    'I6 what is private, unpublished or deleted is not there, by whatever name it is asked for',
    async (t, world) => {
      const { reads, shown, change, unpublish, remove, publish } = world;
      const seen = await shown('seen', 'for all');
      const asked = ['seen', 'private', 'draft', 'taken', 'deleted', 'closed', 'no-such', 'Not a name!'];
      const hidden = {
        private: await shown('private', 'secret', 'private'),
        draft: await shown('draft'),
        taken: await shown('taken', 'secret'),
        deleted: await shown('deleted', 'secret'),
        closed: await shown('closed', 'secret'),
      };
      await unpublish(hidden.taken);
      await remove(hidden.deleted);
      await change(hidden.closed, { visibility: 'private' });
      for (const [slug, id] of Object.entries(hidden)) {
        t.is(await reads.bySlug(slug), undefined, slug);
        t.is(await reads.byId(id), undefined, slug);
        t.is(await reads.revision(id, 1), undefined, slug);
        t.deepEqual(await reads.revisionsAfter(id, 0, 10), [], slug);
      }
      t.like(await reads.bySlug('seen'), { documentId: seen, revision: 1, title: 'The title', live: false });
      t.deepEqual(await reads.states(asked), [{ documentId: seen, slug: 'seen', revision: 1, live: false }]);
      t.deepEqual(
        (await reads.latest(10)).map(({ slug }) => slug),
        ['seen'],
      );

      // Back again: all of it but what was published while nobody should see it.
      await publish(hidden.closed, 'said in private');
      await change(hidden.closed, { visibility: 'public' });
      t.like(await reads.bySlug('closed'), { revision: 2 });
      t.deepEqual(
        (await reads.revisionsAfter(hidden.closed, 0, 10)).map(({ revision }) => revision),
        [1, 2],
      );
      await publish(hidden.closed, 'said to all');
      t.deepEqual(
        (await reads.revisionsAfter(hidden.closed, 0, 10)).map(({ revision }) => revision),
        [1, 3],
      );
      t.is(await reads.revision(hidden.closed, 2), undefined);
    },
  );

  rule('I6 a withdrawn revision does not return with the next publication', async (t, world) => {
    const { reads, shown, publish, unpublish } = world;
    const id = await shown('cranes', 'right');
    await publish(id, 'said by mistake');
    await unpublish(id);
    await publish(id, 'put right');
    await publish(id, 'and added to');
    t.like(await reads.bySlug('cranes'), { revision: 4 });
    t.deepEqual(
      (await reads.revisionsAfter(id, 0, 10)).map(({ revision }) => revision),
      [3, 4],
    );
    for (const revision of [1, 2]) t.is(await reads.revision(id, revision), undefined);
  });

  rule(
    'ADDR3 I6 a former slug leads to the document in one step, while that is public and nobody else has the slug',
    async (t, world) => {
      const { reads, shown, change, publish, unpublish, remove } = world;
      const id = await shown('a', 'text');
      await change(id, { slug: 'b' });
      await change(id, { slug: 'größe' });
      for (const slug of ['a', 'b', 'größe']) t.like(await reads.bySlug(slug), { documentId: id, slug: 'größe' }, slug);
      const states = async (...slugs: string[]) =>
        (await reads.states(slugs)).map(({ slug, documentId }) => [slug, documentId]).toSorted();
      t.deepEqual(await states('a', 'b', 'a', 'größe', 'none'), [
        ['a', id],
        ['b', id],
        ['größe', id],
      ]);

      // Back to a former one; the one in between leads there.
      await change(id, { slug: 'a' });
      t.like(await reads.bySlug('a'), { documentId: id, slug: 'a' });
      t.like(await reads.bySlug('größe'), { documentId: id, slug: 'a' });

      // Another document takes it over, and leads on itself when it gives it up.
      const other = await shown('b', 'text');
      t.like(await reads.bySlug('b'), { documentId: other, slug: 'b' });
      t.deepEqual(await states('b', 'größe'), [
        ['b', other],
        ['größe', id],
      ]);
      await change(other, { slug: 'c' });
      t.like(await reads.bySlug('b'), { documentId: other, slug: 'c' }, 'of two the one that had it last');
      await change(other, { visibility: 'private' });
      t.like(await reads.bySlug('b'), { documentId: id, slug: 'a' });
      t.is(await reads.bySlug('c'), undefined);

      for (const [hide, show] of [
        [() => change(id, { visibility: 'private' }), () => change(id, { visibility: 'public' })],
        [() => unpublish(id), () => publish(id, 'again')],
        [() => remove(id), undefined],
      ] as const) {
        await hide();
        for (const slug of ['a', 'b', 'größe']) t.is(await reads.bySlug(slug), undefined, slug);
        t.deepEqual(await states('a', 'b', 'größe'), []);
        await show?.();
        if (show) t.like(await reads.bySlug('größe'), { documentId: id, slug: 'a' });
      }
    },
  );

  rule('I6 the times of private publications are not shown', async (t, world) => {
    const { reads, shown, change, publish, clock } = world;
    const id = await shown('late', 'secret', 'private');
    clock.advance(60_000);
    await change(id, { visibility: 'public' });
    await publish(id, 'public');
    const page = await reads.bySlug('late');
    t.is(page?.firstPublishedAt, page?.publishedAt);
    t.is(page?.publishedAt, new Date(clock.now()).toISOString());
  });

  rule('the latest publication comes first, however old', async (t, world) => {
    const { reads, shown, clock } = world;
    clock.advance(-800 * 86_400_000);
    await shown('old', 'text');
    clock.advance(700 * 86_400_000);
    await shown('older-than-a-week', 'text');
    clock.advance(99 * 86_400_000);
    await shown('fresh', 'text');
    const slugs = async (limit: number) => (await reads.latest(limit)).map(({ slug }) => slug);
    t.deepEqual(await slugs(10), ['fresh', 'older-than-a-week', 'old']);
    t.deepEqual(await slugs(2), ['fresh', 'older-than-a-week']);
    t.deepEqual(await slugs(1), ['fresh']);
    const after = async (offset: number, limit: number) => (await reads.latest(limit, offset)).map(({ slug }) => slug);
    t.deepEqual(await after(1, 1), ['older-than-a-week']);
    t.deepEqual(await after(1, 10), ['older-than-a-week', 'old']);
    t.deepEqual(await after(3, 10), []);
  });

  rule('I10 an invalid slug is not queried', async (t, world) => {
    const { reads } = world;
    for (const name of ['', 'A', '-', 'gro\u0308ße', '../x', "x' or true --", 'a\u0000b', 'x'.repeat(81), '{}']) {
      t.is(await reads.bySlug(name), undefined);
      t.is(await reads.byId(name), undefined);
      t.deepEqual(await reads.revisionsAfter(name, 0, 1), []);
    }
    const id = crypto.randomUUID();
    for (const revision of [-1, 1.5, Number.NaN, 2 ** 31, Number.POSITIVE_INFINITY]) {
      t.is(await reads.revision(id, revision), undefined);
      t.deepEqual(await reads.revisionsAfter(id, revision, 1), []);
    }
  });
}

export function publicListsContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<PublicListsWorld>,
): void {
  const rule = rulesOf(test, name, worldOf);

  rule('I6 addresses are those of what is public, in pieces that leave nothing out', async (t, world) => {
    const { reads, shown, change } = world;
    const ids: string[] = [];
    for (const slug of ['a', 'b', 'c', 'd', 'e']) ids.push(await shown(slug, 'text'));
    await shown('private', 'secret', 'private');
    await shown('draft');
    ids.sort();
    const read = async (after: string | undefined, upTo: string | undefined, limit = 10) =>
      (await reads.addresses({ after, upTo }, limit)).map(({ documentId }) => documentId);
    t.deepEqual(await read(undefined, undefined), ids);
    t.deepEqual(await reads.divisions(2), [ids[1], ids[3]]);
    t.deepEqual(await reads.divisions(5), [], 'the last one ends the list');
    t.deepEqual(await read(undefined, ids[1]), ids.slice(0, 2));
    t.deepEqual(await read(ids[1], ids[3]), ids.slice(2, 4));
    t.deepEqual(await read(ids[3], undefined), ids.slice(4));
    t.deepEqual(await read(ids[0], undefined, 2), ids.slice(1, 3));
    await change(ids[2] ?? '', { visibility: 'private' });
    t.deepEqual(await read(undefined, undefined), ids.toSpliced(2, 1));
  });

  rule('news are what was first published lately, and not what was only changed', async (t, world) => {
    const { reads, shown, publish, clock } = world;
    clock.advance(-49 * 3_600_000);
    const old = await shown('old', 'text');
    clock.advance(2 * 3_600_000);
    await shown('first', 'text');
    clock.advance(46 * 3_600_000);
    await shown('last', 'text');
    await publish(old, 'changed');
    const slugs = async (limit: number) => (await reads.firstPublishedWithin(48, limit)).map(({ slug }) => slug);
    t.deepEqual(await slugs(10), ['last', 'first']);
    t.deepEqual(await slugs(1), ['last']);
  });
}
