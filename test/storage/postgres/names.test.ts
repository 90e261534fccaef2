// Names of documents: made from the title until the first publication, and what is left of those that a document had.
import test, { type ExecutionContext } from 'ava';
import { createRevisionStore } from '../../../src/storage/postgres/publishing/revisions.ts';
import { createDraftTextStore } from '../../../src/storage/postgres/publishing/texts.ts';
import { codeOf } from '../../support/outcome.ts';
import type { Person } from '../../support/people.ts';
import { publicationsOf, textOf } from '../../support/public.ts';

async function worldOf(t: ExecutionContext) {
  const world = await publicationsOf(t);
  const { documents, owner } = world;
  const texts = createDraftTextStore(world.orm);
  return {
    ...world,
    texts,
    revisions: createRevisionStore(world.orm),
    async create(title: string, more: { slug?: string; slugStyle?: 'unicode' | 'ascii' } = {}, who: Person = owner) {
      const made = await documents.create(who.actor, who.handle, { title, ...more });
      if (!made.ok) throw new Error(made.error.code);
      return made.document;
    },
    slugOf: async (id: string) => (await documents.get(owner.userId, id))?.slug,
    project: (documentId: string, title: string, seq: number) =>
      texts.project([{ documentId, title, summary: '', text: '', seq }]),
  };
}

test('ADDR2 the slug of a document follows its title until it is published, and stays then', async (t) => {
  const { create, documents, events, owner, project, publish, slugOf, unpublish } = await worldOf(t);
  const { id, slug, slugFollowsTitle } = await create('Untitled');
  t.deepEqual({ slug, slugFollowsTitle }, { slug: 'untitled', slugFollowsTitle: true });
  await project(id, 'Storm Ciarán', 1);
  t.is(await slugOf(id), 'storm-ciarán');
  t.is(codeOf(await documents.change(owner.actor, id, { title: 'Storm Ciarán batters the coast' })), 'ok');
  t.is(await slugOf(id), 'storm-ciarán-batters-the-coast');

  // What is published is called by its own title, also when the projection lags behind.
  await publish(id, 'text', 'Storm Ciarán passes');
  t.like(await documents.get(owner.userId, id), { slug: 'storm-ciarán-passes', slugFollowsTitle: false });
  const [published] = await events(id, 'document.published');
  t.like(published, { before: { slug: 'storm-ciarán-batters-the-coast' }, after: { slug: 'storm-ciarán-passes' } });
  await project(id, 'Another title', 3);
  await publish(id, 'text', 'Another title');
  await unpublish(id);
  await project(id, 'A third title', 4);
  await documents.change(owner.actor, id, { title: 'A fourth title' });
  await publish(id, 'text', 'A fourth title');
  t.is(await slugOf(id), 'storm-ciarán-passes', 'nor after it was withdrawn');
});

test('ADDR2 a slug that an owner set stays, and follows the title again when a style is asked for', async (t) => {
  const { create, documents, events, owner, person, grant, project, publish, slugOf } = await worldOf(t);
  const editor = await person();
  const set = await create('A title', { slug: 'mine' });
  const { id } = await create('Größe');
  await grant(owner, id, editor, 'edit');
  t.like(set, { slug: 'mine', slugStyle: 'unicode', slugFollowsTitle: false });
  await project(set.id, 'Another', 1);
  await publish(set.id, 'text', 'Yet another');
  t.is(await slugOf(set.id), 'mine');

  const change = async (patch: Parameters<typeof documents.change>[2], who = owner) =>
    codeOf(await documents.change(who.actor, id, patch));
  t.is(await change({ slugStyle: 'ascii' }, editor), 'forbidden');
  t.is(await change({ slugStyle: 'ascii' }), 'ok');
  t.like(await documents.get(owner.userId, id), { slug: 'grosse', slugStyle: 'ascii', slugFollowsTitle: true });
  await project(id, 'Москва', 1);
  t.is(await slugOf(id), 'moskva');
  t.is(await change({ slug: 'moskva' }), 'ok');
  await project(id, 'Größe', 2);
  t.like(
    await documents.get(owner.userId, id),
    { slug: 'moskva', slugFollowsTitle: false },
    'kept as it was is set too',
  );
  t.is(await change({ slugStyle: 'unicode' }), 'ok');
  t.is(await change({ title: 'Straße' }, editor), 'ok', 'who may change the title changes what follows it');
  t.is(await slugOf(id), 'straße');
  const [, last] = (await events(id, 'document.changed')).toReversed();
  t.deepEqual(last?.before, { slug: 'moskva', slugStyle: 'ascii', slugFollowsTitle: false });
  t.deepEqual(last?.after, { slug: 'größe', slugStyle: 'unicode', slugFollowsTitle: true });
});

test('ADDR2 typing a title makes its slug once a round, and a node of the version before may set it', async (t) => {
  const { create, project, slugOf, sql } = await worldOf(t);
  const { id } = await create('Untitled');
  const names = async () =>
    (await sql<{ n: number }>(`select count(*)::int as n from access_changes where document_id = $1`, [id]))[0]?.n;
  const before = Number(await names());
  await project(id, 'S', 1);
  await project(id, 'Storm', 6);
  await project(id, 'Storm', 7);
  t.is(await slugOf(id), 'storm');
  t.is(Number(await names()) - before, 2);
  // I13: it knows nothing of names that follow.
  await sql(`update documents set name = 'chosen' where id = $1`, [id]);
  await project(id, 'Storm Ciarán', 8);
  t.is(await slugOf(id), 'chosen');
});

test('ADDR2 I6 a title that another document has gets a number, and closed documents count for nobody else', async (t) => {
  const { create, change, documents, owner, person, publish, project, slugOf, unpublish } = await worldOf(t);
  const other = await person();
  const first = await create('Storm');
  const second = await create('Storm');
  const third = await create('Storm', {}, other);
  t.deepEqual([first.slug, second.slug, third.slug], ['storm', 'storm-2', 'storm']);
  await project(second.id, 'Storm!', 1);
  t.is(await slugOf(second.id), 'storm-2', 'it keeps its number');

  await change(first.id, { visibility: 'public' });
  await publish(first.id, 'text', 'Storm');
  await documents.change(other.actor, third.id, { visibility: 'public', title: 'Storm?' });
  t.is(
    (await documents.get(other.userId, third.id))?.slug,
    'storm-2',
    'the other’s private one is nothing to this user',
  );

  // A former address keeps leading on when nobody asks for it by name, and for withdrawn documents nothing is kept.
  await change(first.id, { slug: 'gale' });
  t.is((await create('Storm', {}, other)).slug, 'storm-3');
  await unpublish(first.id);
  t.is((await create('Gale', {}, other)).slug, 'gale');
  t.is(codeOf(await documents.create(owner.actor, owner.handle, { title: 'x', slug: 'storm-9' })), 'ok');
});

test('ADDR2 documents that are created or published at once under one title have each a slug of its own', async (t) => {
  const { create, change, owner, publishing, slugOf } = await worldOf(t);
  const made = await Promise.all(Array.from({ length: 6 }, () => create('Same title')));
  t.is(new Set(made.map(({ slug }) => slug)).size, 6);
  for (const { id } of made) await change(id, { visibility: 'public' });
  const outcomes = await Promise.all(
    made.map(({ id }, seq) => publishing.publish(owner.actor, id, { content: textOf('text', 'One title'), seq })),
  );
  const refused = outcomes.filter((outcome) => !outcome.ok);
  t.true(refused.length < 5, 'a name that is lost to another is made again');
  const slugs = await Promise.all(made.map(({ id }) => slugOf(id)));
  t.is(new Set(slugs).size, 6);
});

test('ADDR2 a publication has exactly the slug that it asks for, of those who may choose it', async (t) => {
  const { create, documents, grant, owner, person, publishing, slugOf, shown } = await worldOf(t);
  const editor = await person();
  await shown('taken', 'text');
  const { id } = await create('Größe');
  await grant(owner, id, editor, 'edit');
  const publish = async (more: { slug?: string; slugStyle?: 'ascii' }, who = owner) =>
    codeOf(await publishing.publish(who.actor, id, { content: textOf('text', 'Straße'), seq: 1, ...more }));
  t.is(await publish({ slug: 'taken' }), 'slug_taken');
  t.is(await publish({ slug: 'größe' }, editor), 'ok', 'the one that was shown, though the title has changed');
  t.is(await slugOf(id), 'größe');
  t.is(await publish({ slug: 'größe' }, editor), 'ok');
  t.is(await publish({ slug: 'other' }, editor), 'forbidden');
  t.is(await publish({ slugStyle: 'ascii' }, editor), 'forbidden');
  t.is(await publish({ slugStyle: 'ascii' }), 'ok');
  t.is(await slugOf(id), 'strasse');
  t.like(await documents.get(owner.userId, id), { slugStyle: 'ascii', slugFollowsTitle: false });
});

test('ADDR3 I6 a private document leads on from its former slugs those who may read it, and nobody else ever', async (t) => {
  const { change, grant, owner, person, pool, revisions, shown, sql } = await worldOf(t);
  const [reader, stranger] = [await person(), await person()];
  const id = await shown('secret-merger', 'text', 'private');
  await grant(owner, id, reader, 'view');
  await change(id, { slug: 'merger' });
  await change(id, { slug: 'the-merger' });
  const find = async (slug: string, userId?: string) => (await revisions.published(slug, userId))?.slug;
  for (const slug of ['secret-merger', 'merger', 'the-merger']) {
    t.is(await find(slug, reader.userId), 'the-merger');
    t.is(await find(slug, stranger.userId), undefined);
    t.is(await find(slug), undefined);
    t.is(await pool.bySlug(slug), undefined);
  }
  // Public by now: what it was called in private stays private.
  await change(id, { visibility: 'public' });
  t.is(await find('merger', stranger.userId), undefined);
  t.is((await pool.bySlug('merger'))?.slug, undefined);
  await change(id, { slug: 'merged' });
  t.is((await pool.bySlug('the-merger'))?.slug, 'merged');
  t.is(await find('the-merger', stranger.userId), 'merged');
  t.is(await find('merger', reader.userId), 'merged');
  // I9
  for (let number = 0; number < 105; number += 1) await change(id, { slug: `merged-${number}` });
  const [kept] = await sql<{ n: number }>('select count(*)::int as n from former_names where document_id = $1', [id]);
  t.is(kept?.n, 100);
});

test('ADDR3 states agree with what is shown: the present slug before former ones, for each user', async (t) => {
  const { change, owner, person, revisions, shown, documents, publishing } = await worldOf(t);
  const other = await person();
  const first = await shown('storm', 'text');
  await change(first, { slug: 'gale' });
  const made = await documents.create(other.actor, other.handle, { title: 'x', slug: 'storm' });
  const own = made.ok ? made.document.id : '';
  await publishing.publish(other.actor, own, { content: textOf('own'), seq: 1 });
  const states = await revisions.states([
    { slug: 'storm', userId: owner.userId },
    { slug: 'storm', userId: other.userId },
    { slug: 'gale', userId: other.userId },
    { slug: 'none', userId: other.userId },
  ]);
  t.deepEqual(
    states.map((state) => state && [state.documentId, state.slug]),
    [[first, 'storm'], [own, 'storm'], [first, 'gale'], undefined],
  );
  t.like(await revisions.published('storm', other.userId), { documentId: own, slug: 'storm' });
  t.like(await revisions.published('storm', owner.userId), { documentId: first, slug: 'gale' });
});
