/** The contracts of the ports of publishing, on PostgreSQL: one database for all of them. */
import test from 'ava';
import { createPublicationStore } from '../../../../src/storage/postgres/publishing/publishing.ts';
import { createScheduleStore } from '../../../../src/storage/postgres/publishing/schedules.ts';
import { createDraftTextStore } from '../../../../src/storage/postgres/publishing/texts.ts';
import { draftTextsContract } from '../../../contracts/draft-texts.ts';
import { schedulesContract } from '../../../contracts/schedules.ts';
import { accountsOf } from '../../../support/accounts.ts';
import { oncePerFile } from '../../../support/once.ts';

const NAME = 'PostgreSQL';

/** Connections of two nodes. */
const shared = oncePerFile(test, async (scope) => {
  const accounts = await accountsOf(scope, 6);
  return { ...accounts, nodes: [accounts.orm, await accounts.open()] as const };
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
