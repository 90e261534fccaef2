/** Documents in the database: names, changes and who may make them, deleting with a way back, and lists. */
import test from 'ava';
import { purgeDeleted } from '../../../../src/storage/postgres/accounts/document-changes.ts';
import { createDocumentStore } from '../../../../src/storage/postgres/accounts/documents.ts';
import { createPublicationStore } from '../../../../src/storage/postgres/publishing/publishing.ts';
import { createRevisionStore } from '../../../../src/storage/postgres/publishing/revisions.ts';
import { accountsOf } from '../../../support/accounts.ts';
import { codeOf } from '../../../support/outcome.ts';

const DAY = 86_400_000;

test('DOC1 a new document gets a name from its title, one of its own, and keeps one that was asked for', async (t) => {
  const { documents, person, sql } = await accountsOf(t);
  const owner = await person();
  const create = (slug?: string) =>
    documents.create(owner.actor, owner.handle, { title: 'Same title', ...(slug !== undefined && { slug }) });
  const made = await Promise.all(Array.from({ length: 10 }, () => create()));
  const slugs = made.map((outcome) => (outcome.ok ? outcome.document.slug : ''));
  t.is(new Set(slugs).size, 10);
  t.true(slugs.every((slug) => /^same-title(-\d+)?$/.test(slug)));
  t.deepEqual([codeOf(await create('mine')), codeOf(await create('mine'))], ['ok', 'slug_taken']);
  await t.throwsAsync(create('Not-A-Slug'), { message: /documents_name_check/ });
  const [kept] = await sql<{ n: number }>('select count(*)::int as n from documents');
  t.is(kept?.n, 11, 'what was refused left nothing');
});

test('DOC2 a new document is returned as a later read returns it', async (t) => {
  const { documents, person } = await accountsOf(t);
  const owner = await person();
  const made = await documents.create(owner.actor, owner.handle, {
    title: 'A lone \ud800 and \0',
    summary: 'About',
    visibility: 'public',
  });
  if (!made.ok) return t.fail();
  t.deepEqual(await documents.get(owner.userId, made.document.id), made.document);
  t.like(made.document, { title: 'A lone \ufffd and \ufffd', visibility: 'public', published: null, scheduled: null });
});

test('DOC3 I5 editors change title and summary, owners the rest; the trail has what changed', async (t) => {
  const { document, documents, events, grant, person } = await accountsOf(t);
  const [owner, editor, viewer, stranger] = [await person(), await person(), await person(), await person()];
  const id = await document(owner);
  const other = await document(owner);
  await grant(owner, id, editor, 'edit');
  await grant(owner, id, viewer, 'view');
  const change = async (who: typeof owner, asked: Parameters<typeof documents.change>[2]) =>
    codeOf(await documents.change(who.actor, id, asked));
  t.is(await change(editor, { title: 'New', summary: '' }), 'ok');
  t.is(await change(editor, { title: 'New' }), 'ok');
  t.is(await change(editor, { title: 'Mine', slug: 'mine' }), 'forbidden');
  t.is(await change(editor, { visibility: 'public' }), 'forbidden');
  t.is(await change(viewer, { title: 'Mine' }), 'read_only');
  t.is(await change(stranger, { title: 'Mine' }), 'not_found');
  t.is(await change(owner, { slug: 'the-name', visibility: 'public' }), 'ok');
  const taken = await documents.change(owner.actor, other, { slug: 'the-name', title: 'Lost' });
  t.is(codeOf(taken), 'slug_taken');
  t.like(await documents.get(owner.userId, other), { title: 'A title' });
  t.like(await documents.get(owner.userId, id), { title: 'New', slug: 'the-name', visibility: 'public' });
  const said = (await events(id, 'document.changed')).map(({ outcome, before, after }) => [
    outcome,
    before && Object.keys(before),
    after,
  ]);
  t.deepEqual(said, [
    ['ok', ['slug', 'title'], { slug: 'new', title: 'New' }],
    ['denied', null, null],
    ['denied', null, null],
    ['denied', null, null],
    [
      'ok',
      ['slug', 'visibility', 'slugFollowsTitle'],
      { slug: 'the-name', visibility: 'public', slugFollowsTitle: false },
    ],
  ]);
  t.deepEqual(await events(other, 'document.changed'), []);
});

test('DOC4 I6 a deleted document is gone for everybody, and its owner can restore it', async (t) => {
  const { access, document, documents, events, grant, grants, person } = await accountsOf(t);
  const [owner, friend, stranger] = [await person(), await person(), await person()];
  const id = await document(owner);
  await grant(owner, id, friend, 'edit');
  t.is(codeOf(await documents.remove(friend.actor, id)), 'forbidden');
  t.is(codeOf(await documents.remove(stranger.actor, id)), 'not_found');
  const removed = await documents.remove(owner.actor, id);
  if (!removed.ok) return t.fail();
  const change = (role: string | null) => ({ kind: 'access', documentId: id, role });
  const byUser = ({ userId: a }: { userId: string }, { userId: b }: { userId: string }) => a.localeCompare(b);
  t.deepEqual(
    removed.changes.toSorted(byUser),
    [owner, friend].map(({ userId }) => ({ userId, change: change(null) })).toSorted(byUser) as never,
  );
  t.is(codeOf(await documents.remove(owner.actor, id)), 'not_found');
  for (const { userId } of [owner, friend]) {
    t.is(await access.roleOf(userId, id), null);
    t.is(await documents.get(userId, id), undefined);
    t.deepEqual((await documents.list(userId, { limit: 9, after: undefined })).documents, []);
  }
  t.deepEqual(await grants.list(id), []);
  t.is(codeOf(await grants.put(owner.actor, { documentId: id, handle: friend.handle }, 'view')), 'not_found');
  t.is(codeOf(await documents.change(owner.actor, id, { title: 'x' })), 'not_found');
  const deleted = async (userId: string) =>
    (await documents.list(userId, { limit: 9, after: undefined, state: 'deleted' })).documents;
  t.like(await deleted(owner.userId), { 0: { id }, length: 1 });
  t.truthy((await deleted(owner.userId))[0]?.deletedAt);
  t.deepEqual(await deleted(friend.userId), []);

  t.is(codeOf(await documents.restore(friend.actor, id)), 'not_found');
  const restored = await documents.restore(owner.actor, id);
  if (!restored.ok) return t.fail();
  t.deepEqual(
    restored.changes.toSorted(byUser),
    [
      { userId: owner.userId, change: change('own') },
      { userId: friend.userId, change: change('edit') },
    ].toSorted(byUser) as never,
  );
  t.is(await access.roleOf(friend.userId, id), 'edit');
  t.deepEqual(await documents.restore(owner.actor, id), { ok: true, changes: [] });
  t.deepEqual(
    (await events(id, 'document.%')).map(({ action, outcome }) => `${action} ${outcome}`),
    ['document.created ok', 'document.deleted denied', 'document.deleted ok', 'document.restored ok'],
  );
});

test('DOC5 after 30 days a deleted document goes for good, with its journal; its trail stays', async (t) => {
  const { clock, commit, document, documents, events, open, orm, person, sql } = await accountsOf(t);
  const owner = await person();
  const [id, kept] = [await document(owner), await document(owner)];
  for (const one of [id, kept]) {
    await commit(one, owner);
    await sql('insert into draft_clients (document_id, client_id, user_id) values ($1, 1, $2)', [one, owner.userId]);
    const content = { title: null, summary: '', body: { type: 'doc', content: [] } } as const;
    await createPublicationStore(orm, clock).publish(owner.actor, one, {
      content: { ...content, body: { type: 'doc', content: [] } },
      seq: 1,
    });
  }
  await documents.remove(owner.actor, id);
  clock.advance(30 * DAY - 1);
  t.is(await purgeDeleted(orm, clock), 0);
  t.is(codeOf(await documents.restore(owner.actor, id)), 'ok');
  await documents.remove(owner.actor, id);
  clock.advance(30 * DAY);
  t.is(codeOf(await documents.restore(owner.actor, id)), 'not_found', 'too late, purged or not');
  const purged = await Promise.all([orm, await open()].map((node) => purgeDeleted(node, clock)));
  t.is(
    purged.reduce((sum, count) => sum + count),
    1,
  );
  for (const table of [
    'documents',
    'draft_heads',
    'draft_updates',
    'draft_clients',
    'draft_texts',
    'grants',
    'revisions',
  ]) {
    const column = table === 'documents' ? 'id' : 'document_id';
    t.deepEqual(await sql(`select ${column} as id from ${table}`), [{ id: kept }], table);
  }
  const last = (await events(id, 'document.%')).at(-1);
  t.like(last, { action: 'document.purged', actor_kind: 'system', before: { title: 'A title', owner: owner.handle } });
});

test('DOC6 lists are filtered by state, visibility and level, page by page', async (t) => {
  const { clock, document, documents, grant, orm, person } = await accountsOf(t);
  const [owner, other] = [await person(), await person()];
  const publishing = createPublicationStore(orm, clock);
  const ids: Record<string, string> = {};
  for (const name of ['plain', 'published', 'scheduled', 'public', 'shared', 'deleted']) {
    clock.advance(1_000);
    ids[name] = await document(name === 'shared' ? other : owner, name);
  }
  const { published = '', scheduled = '', shared = '', deleted = '' } = ids;
  await grant(other, shared, owner, 'view');
  await documents.change(owner.actor, ids.public ?? '', { visibility: 'public' });
  await documents.remove(owner.actor, deleted);
  await publishing.publish(owner.actor, published, {
    content: { title: null, summary: '', body: { type: 'doc', content: [] } },
    seq: 0,
  });
  await publishing.schedule(owner.actor, scheduled, new Date(clock.now() + 60_000));
  const list = async (filter: object) =>
    (await documents.list(owner.userId, { limit: 50, after: undefined, ...filter })).documents.map(
      ({ title }) => title,
    );
  t.deepEqual(await list({}), ['shared', 'public', 'scheduled', 'published', 'plain'], 'newest first');
  t.deepEqual(await list({ state: 'published' }), ['published']);
  t.deepEqual(await list({ state: 'draft' }), ['shared', 'public', 'scheduled', 'plain']);
  t.deepEqual(await list({ state: 'scheduled' }), ['scheduled']);
  t.deepEqual(await list({ state: 'deleted' }), ['deleted']);
  t.deepEqual(await list({ visibility: 'public' }), ['public']);
  t.deepEqual(await list({ role: 'view' }), ['shared']);
  t.deepEqual(await list({ role: 'own', state: 'draft', visibility: 'private' }), ['scheduled', 'plain']);
  const first = await documents.list(owner.userId, { limit: 2, after: undefined, role: 'own' });
  const second = await documents.list(owner.userId, { limit: 2, after: first.next, role: 'own' });
  t.deepEqual(
    [...first.documents, ...second.documents].map(({ title }) => title),
    ['public', 'scheduled', 'published', 'plain'],
  );
  t.is(second.next, undefined);
});

test('a node of the version before makes documents that this one shows', async (t) => {
  const { clock, orm, person, sql } = await accountsOf(t);
  const owner = await person();
  const [row] = await sql<{ id: string }>(
    `insert into documents (title, owner_id) values ('Old way', $1) returning id`,
    [owner.userId],
  );
  await sql(`insert into grants (document_id, user_id, level) values ($1, $2, 'own')`, [row?.id, owner.userId]);
  await sql('insert into draft_heads (document_id) values ($1)', [row?.id]);
  const documents = createDocumentStore(orm, clock);
  t.like(await documents.get(owner.userId, String(row?.id)), { title: 'Old way', summary: '', visibility: 'private' });
  t.regex((await documents.get(owner.userId, String(row?.id)))?.slug ?? '', /^d-[0-9a-f]{32}$/);
  const found = await documents.list(owner.userId, { limit: 5, after: undefined, q: 'old' });
  t.is(found.documents.length, 1);
});

test('DOC9 I6 the slug of a document that a user may not see is free for them, until one of the two is public', async (t) => {
  const { clock, documents, orm, person } = await accountsOf(t);
  const publishing = createPublicationStore(orm, clock);
  const revisions = createRevisionStore(orm);
  const [ann, ben] = [await person(), await person()];
  const create = async (who: typeof ann, visibility: 'public' | 'private') => {
    const made = await documents.create(who.actor, who.handle, { title: 'A', slug: 'secret-merger', visibility });
    if (!made.ok) throw new Error(made.error.code);
    return made.document.id;
  };
  const content = { title: 'A', summary: '', body: { type: 'doc', content: [] } } as const;
  const publish = async (who: typeof ann, id: string) =>
    codeOf(await publishing.publish(who.actor, id, { content: structuredClone(content) as never, seq: 0 }));
  const hidden = await create(ann, 'private');
  t.is(await publish(ann, hidden), 'ok', 'for those whom it is shared with');
  const other = await create(ben, 'public');
  const third = await documents.create(ben.actor, ben.handle, { title: 'B' });
  if (!third.ok) return t.fail();
  t.is(codeOf(await documents.change(ann.actor, hidden, { summary: 'x' })), 'ok');
  t.is(codeOf(await documents.change(ben.actor, third.document.id, { slug: 'secret-merger' })), 'slug_taken', 'of ben');
  t.is((await revisions.published('secret-merger', ann.userId))?.documentId, hidden);
  t.is(await revisions.published('secret-merger', ben.userId), undefined);

  t.is(await publish(ben, other), 'ok');
  t.is((await revisions.published('secret-merger', ben.userId))?.documentId, other);
  const seen = { slug: 'secret-merger', userId: ann.userId };
  t.is((await revisions.published('secret-merger', ann.userId))?.documentId, other, 'what everybody sees comes first');
  t.like((await revisions.states([seen]))[0], { documentId: other });
  t.is(codeOf(await documents.change(ann.actor, hidden, { visibility: 'public' })), 'slug_taken');
  t.is((await documents.get(ann.userId, hidden))?.visibility, 'private');

  t.is(codeOf(await publishing.unpublish(ben.actor, other)), 'ok');
  t.is(codeOf(await documents.change(ann.actor, hidden, { visibility: 'public' })), 'ok');
  t.is(await publish(ben, other), 'slug_taken');
  t.is(codeOf(await documents.remove(ann.actor, hidden)), 'ok');
  t.is(await publish(ben, other), 'ok');
  t.is(codeOf(await documents.restore(ann.actor, hidden)), 'slug_taken');
});
