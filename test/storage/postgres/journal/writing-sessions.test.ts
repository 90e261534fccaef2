/** Writing sessions in PostgreSQL: what their port promises, and what it costs to find them. */
import test from 'ava';
import { createWritingSessions, SESSIONS } from '../../../../src/storage/postgres/journal/writing-sessions.ts';
import { primaryReads } from '../../../../src/storage/postgres/replicas/replica-reads.ts';
import { type Edit, writingSessionsContract } from '../../../contracts/writing-sessions.ts';
import { accountsOf } from '../../../support/accounts.ts';
import { oncePerFile } from '../../../support/once.ts';

const shared = oncePerFile(test, async (scope) => {
  const { document, orm, person, sql } = await accountsOf(scope);
  return {
    document,
    person,
    sql,
    sessions: createWritingSessions(primaryReads(orm)),
    async write(documentId: string, edits: readonly Edit[]): Promise<void> {
      await sql(
        `insert into draft_updates (document_id, seq, user_id, session_id, at, update)
         select $1, h.head_seq + e.n, e.user_id, gen_random_uuid(), timestamptz 'epoch' + e.at * interval '1 ms',
                decode(repeat('00', e.bytes), 'hex')
           from unnest($2::uuid[], $3::float8[], $4::int[]) with ordinality as e(user_id, at, bytes, n)
           join draft_heads h on h.document_id = $1`,
        [documentId, edits.map(({ by }) => by.userId), edits.map(({ at }) => at), edits.map(({ bytes }) => bytes)],
      );
      await sql('update draft_heads set head_seq = head_seq + $2 where document_id = $1', [documentId, edits.length]);
    },
  };
});

writingSessionsContract(test, 'PostgreSQL', shared);

interface Plan {
  'Node Type': string;
  'Actual Rows': number;
  'Actual Loops': number;
  Plans?: Plan[];
}
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

test.serial('HIST2 a page reads as many edits as it is made of, whatever the planner knows of the table', async (t) => {
  const { document, person, sql } = await shared();
  const ann = await person();
  const id = await document(ann);
  await sql(
    `insert into draft_updates (document_id, seq, user_id, session_id, at, update)
     select $1, n, $2, gen_random_uuid(), timestamptz 'epoch' + n * interval '1 minute', '' from generate_series(1, 50000) n`,
    [id, ann.userId],
  );
  const statement = SESSIONS.replace('$1', `'${id}'`).replaceAll('$2', '40000').replace('$3', '50');
  for (const name of ['not analyzed', 'analyzed']) {
    if (name === 'analyzed') await sql('analyze draft_updates');
    const [row] = await sql<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (analyze, format json) ${statement}`);
    const nodes = nodesOf(row!['QUERY PLAN'][0].Plan);
    t.is(Math.max(...nodes.map((node) => node['Actual Rows'] * node['Actual Loops'])), 16_384, name);
    t.true(
      nodes.some((node) => node['Node Type'].includes('Index')),
      JSON.stringify(nodes),
    );
  }
});
