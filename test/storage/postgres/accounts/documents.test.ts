/** Documents in the database: purging those that were deleted long ago, and what a node of the version before made. */
import test from 'ava';
import { purgeDeleted } from '../../../../src/storage/postgres/accounts/document-changes.ts';
import { createDocumentStore } from '../../../../src/storage/postgres/accounts/documents.ts';
import { createPublicationStore } from '../../../../src/storage/postgres/publishing/publishing.ts';
import { accountsOf } from '../../../support/accounts.ts';
import { codeOf } from '../../../support/outcome.ts';

const DAY = 86_400_000;

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
    'draft_words',
    'grants',
    'revisions',
  ]) {
    const column = table === 'documents' ? 'id' : 'document_id';
    t.deepEqual(await sql(`select ${column} as id from ${table}`), [{ id: kept }], table);
  }
  const last = (await events(id, 'document.%')).at(-1);
  t.like(last, { action: 'document.purged', actor_kind: 'system', before: { title: 'A title', owner: owner.handle } });
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
