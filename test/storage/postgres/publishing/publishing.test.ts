/** Publishing on PostgreSQL: the contracts of its ports, on one database for all of them, and what the database alone promises. */
import test from 'ava';
import { createPublicationStore } from '../../../../src/storage/postgres/publishing/publishing.ts';
import { createRevisionStore } from '../../../../src/storage/postgres/publishing/revisions.ts';
import { createScheduleStore } from '../../../../src/storage/postgres/publishing/schedules.ts';
import { createDraftTextStore } from '../../../../src/storage/postgres/publishing/texts.ts';
import { draftTextsContract } from '../../../contracts/draft-texts.ts';
import { publishingContract } from '../../../contracts/publishing.ts';
import { schedulesContract } from '../../../contracts/schedules.ts';
import { accountsOf } from '../../../support/accounts.ts';
import { oncePerFile } from '../../../support/once.ts';
import { codeOf } from '../../../support/outcome.ts';
import { publicationsOf, textOf } from '../../../support/public.ts';

const NAME = 'PostgreSQL';

/** Connections of two nodes. */
const shared = oncePerFile(test, async (scope) => {
  const accounts = await accountsOf(scope, 6);
  return { ...accounts, nodes: [accounts.orm, await accounts.open()] as const };
});

publishingContract(test, NAME, async () => {
  const world = await shared();
  const { clock, nodes, orm } = world;
  return {
    ...world,
    nodes: [createPublicationStore(nodes[0], clock), createPublicationStore(nodes[1], clock)],
    revisions: createRevisionStore(orm),
  };
});

schedulesContract(test, NAME, async () => {
  const world = await shared();
  const { clock, nodes, orm, sql } = world;
  return {
    ...world,
    nodes: [createScheduleStore(nodes[0], clock), createScheduleStore(nodes[1], clock)],
    publishing: createPublicationStore(orm, clock),
    async token({ userId }) {
      const [row] = await sql<{ id: string }>(
        `insert into tokens (user_id, token_hash, expires_at, name, scopes)
         values ($1::uuid, sha256($1::text::bytea), now() + interval '1 year', 'a token', '{publish}') returning id`,
        [userId],
      );
      return String(row?.id);
    },
  };
});

draftTextsContract(test, NAME, async () => {
  const world = await shared();
  return {
    ...world,
    nodes: [createDraftTextStore(world.nodes[0]), createDraftTextStore(world.nodes[1])],
    async edited(documentId, seq, secondsAgo) {
      await world.sql(
        `update draft_heads set head_seq = $2, edited_at = now() - $3 * interval '1 second' where document_id = $1`,
        [documentId, seq, secondsAgo],
      );
    },
  };
});

test('PUB1 a revision, its event and its deliveries are one: none of them without the others', async (t) => {
  const { documents, events, owner, publishing, shown, sql, orm } = await publicationsOf(t);
  const revisions = createRevisionStore(orm);
  await sql(
    `insert into webhooks (user_id, url, host, secret, events)
     values ($1, 'https://example.org/', 'example.org', $2, '{document.published,document.unpublished}')`,
    [owner.userId, Buffer.alloc(32)],
  );
  const id = await shown('cranes', undefined, 'private');
  const publish = () => publishing.publish(owner.actor, id, { content: textOf('x'), seq: 1 });
  await sql('alter table webhook_deliveries add constraint no_more check (false) not valid');
  await t.throwsAsync(publish());
  t.deepEqual(await revisions.list(id, { limit: 5, before: undefined }), { revisions: [] });
  t.like(await documents.get(owner.userId, id), { published: null });
  t.deepEqual(await events(id, 'document.published'), []);
  await sql('alter table webhook_deliveries drop constraint no_more');
  t.is(codeOf(await publish()), 'ok');
  for (let time = 0; time < 2; time += 1) t.is(codeOf(await publishing.unpublish(owner.actor, id)), 'ok');
  t.deepEqual(await sql('select event from webhook_deliveries order by created_at'), [
    { event: 'document.published' },
    { event: 'document.unpublished' },
  ]);
  const said = await events(id, 'document.%publish%');
  t.deepEqual(
    said.map(({ action, before, after }) => [action, before, after]),
    [
      ['document.published', null, { revision: 1, title: 'The title', slug: 'cranes', visibility: 'private' }],
      ['document.unpublished', { revision: 1 }, null],
    ],
  );
});

test('PUB2 the database refuses to change a revision', async (t) => {
  const { shown, sql } = await publicationsOf(t);
  const id = await shown('cranes', 'text');
  await t.throwsAsync(sql(`update revisions set title = 'x' where document_id = $1`, [id]), { message: /insert-only/ });
});
