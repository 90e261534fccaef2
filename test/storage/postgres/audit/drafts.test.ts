/** Drafts in the audit trail: each committed update is in exactly one event, whoever covers it and whenever they die. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { createDraftAudit } from '../../../../src/storage/postgres/audit/draft-audit.ts';
import { ABANDONED, coverFree, coverOne, MAX_UPDATES } from '../../../../src/storage/postgres/audit/draft-ranges.ts';
import { transaction } from '../../../../src/storage/postgres/transaction.ts';
import { type Accounts, accountsOf } from '../../../support/accounts.ts';
import { until } from '../../../support/helpers.ts';
import { journalBench, openFor } from '../../../support/journal.ts';
import type { Person } from '../../../support/people.ts';
import { silentLog } from '../../../support/silent-log.ts';

const HOUR = 3_600_000;

/** An audit that does nothing by itself. */
function auditOf(t: import('ava').ExecutionContext, orm: Accounts['orm'], staleMs = 0) {
  const audit = createDraftAudit({ orm, log: silentLog, everyMs: HOUR, staleMs });
  t.teardown(() => audit.close());
  return audit;
}

/** How often each position of a document is covered, and by whom; checks that nothing but its author covers it. */
async function coverage({ sql }: Pick<Accounts, 'sql'>, documentId: string): Promise<number[]> {
  const rows = await sql<{ seq: number; times: number }>(
    `select u.seq::int as seq, count(e.id)::int as times
       from draft_updates u
       left join audit_events e on e.action = 'draft.edited' and e.target_id = u.document_id::text
        and e.user_id = u.user_id and coalesce(e.token_id, e.session_id) = u.session_id
        and exists (select from jsonb_array_elements(e.details -> 'ranges') r
                     where u.seq between (r ->> 0)::bigint and (r ->> 1)::bigint)
      where u.document_id = $1
      group by u.seq order by u.seq`,
    [documentId],
  );
  return rows.map(({ times }) => times);
}

const once = (count: number) => Array.from({ length: count }, () => 1);

test('I5 each author and session has an event with the positions that are theirs', async (t) => {
  const accounts = await accountsOf(t);
  const { commit, document, events, orm, person } = accounts;
  const [ann, bob] = [await person(), await person()];
  const id = await document(ann);
  for (const author of [ann, ann, bob, ann, bob, bob]) await commit(id, author, author === ann ? 10 : 5);
  const audit = auditOf(t, orm);
  audit.committed(id);
  await audit.flush();
  const said = await events(id, 'draft.edited');
  t.is(said.length, 2);
  t.like(said.find(({ user_id }) => user_id === ann.userId)?.details, {
    ranges: [
      [1, 2],
      [4, 4],
    ],
    updates: 3,
    bytes: 30,
  });
  t.like(said.find(({ user_id }) => user_id === bob.userId)?.details, {
    ranges: [
      [3, 3],
      [5, 6],
    ],
    updates: 3,
    bytes: 15,
  });
  audit.committed(id);
  await audit.flush();
  t.is((await events(id, 'draft.edited')).length, 2, 'nothing new, no event');
  t.deepEqual(await coverage(accounts, id), once(6));
});

test('I5 an edit under an API token is recorded as that token’s', async (t) => {
  const { commit, document, events, orm, person, sql } = await accountsOf(t);
  const ann = await person();
  const id = await document(ann);
  const [token] = await sql<{ id: string }>(
    `insert into tokens (user_id, name, token_hash, scopes, expires_at)
     values ($1, 'ci', sha256('x'), '{documents:write}', now() + interval '1 day') returning id`,
    [ann.userId],
  );
  await commit(id, { userId: ann.userId, sessionId: String(token?.id) });
  await coverFree(orm, [id]);
  t.like(await events(id, 'draft.edited'), { 0: { actor_kind: 'token', token_id: token?.id, session_id: null } });
});

test('I5 of several nodes that cover at once each update is covered by one', async (t) => {
  const accounts = await accountsOf(t);
  const { commit, document, open, orm, person } = accounts;
  const ann = await person();
  const ids = await Promise.all(Array.from({ length: 6 }, () => document(ann)));
  const nodes = [orm, await open(), await open()];
  for (let round = 0; round < 12; round += 1) {
    await Promise.all([
      ...ids.map((id) => commit(id, ann)),
      ...nodes.map((node) => coverFree(node, ids)),
      ...nodes.map((node, n) => coverOne(node, ids[(round + n) % ids.length] as string)),
    ]);
  }
  await coverFree(orm, ids);
  for (const id of ids) t.deepEqual(await coverage(accounts, id), once(12));
});

test('I5 a node that dies while covering leaves neither events nor a moved position', async (t) => {
  const accounts = await accountsOf(t);
  const { commit, document, events, orm, person, sql } = accounts;
  const ann = await person();
  const id = await document(ann);
  await commit(id, ann);
  // The last thing of the transaction is the webhooks' queue: the connection goes there.
  await sql(
    `insert into webhooks (user_id, url, host, secret, events)
     values ($1, 'https://example.org/', 'example.org', $2, '{document.edited}')`,
    [ann.userId, Buffer.alloc(32)],
  );
  await sql(`create function die() returns trigger language plpgsql as $$
    begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`);
  await sql('create trigger die before insert on webhook_deliveries for each row execute function die()');
  await t.throwsAsync(coverFree(orm, [id]));
  t.deepEqual(await events(id, 'draft.edited'), []);
  await sql('drop trigger die on webhook_deliveries');

  // Nobody has it in mind any more: the sweep of another node finds it.
  const audit = auditOf(t, orm);
  await audit.sweep();
  t.deepEqual(await coverage(accounts, id), once(1));
  t.deepEqual(await sql('select event, payload from webhook_deliveries'), [
    { event: 'document.edited', payload: { documentId: id, fromSeq: 1, seq: 1, userIds: [ann.userId] } },
  ]);
});

test('I5 the sweep leaves updates to the live nodes that will cover them', async (t) => {
  const { commit, document, events, orm, person, sql } = await accountsOf(t);
  const ann = await person();
  const id = await document(ann);
  await commit(id, ann);
  const audit = auditOf(t, orm, HOUR);
  await audit.sweep();
  t.deepEqual(await events(id, 'draft.edited'), []);
  await sql(`update draft_heads set edited_at = now() - interval '2 hours' where document_id = $1`, [id]);
  await audit.sweep();
  t.is((await events(id, 'draft.edited')).length, 1);
});

test('I5 the sweep finds a draft by its oldest update that nobody covered, however young its last one is', async (t) => {
  const accounts = await accountsOf(t);
  const { databaseUrl, orm, sql } = accounts;
  const bench = await journalBench(databaseUrl);
  t.teardown(() => bench.close());
  const journal = bench.journal();
  const [old, young] = await Promise.all([0, 1].map(async () => openFor(bench, journal, await bench.document())));
  for (const one of [old, young]) await one?.log.through(one.log.append('a'));
  await sql(`update draft_heads set unaudited_since = now() - interval '2 hours' where document_id = $1`, [
    old?.log.documentId,
  ]);
  // Written again: it does not become younger by that.
  for (const one of [old, young]) await one?.log.through(one.log.append('b'));
  const audit = auditOf(t, orm, HOUR);
  await audit.sweep();
  t.deepEqual(await coverage(accounts, old?.log.documentId ?? ''), [1, 1]);
  t.deepEqual(await coverage(accounts, young?.log.documentId ?? ''), [0, 0]);
  // Covered, and written once more: its age begins anew.
  await old?.log.through(old.log.append('c'));
  await audit.sweep();
  t.deepEqual(await coverage(accounts, old?.log.documentId ?? ''), [1, 1, 0]);
});

/** More documents than one batch of a sweep takes, each with an update that no event covers yet. */
async function manyEdited({ document, person, sql }: Accounts): Promise<string[]> {
  const ann = await person();
  const ids: string[] = [];
  while (ids.length < 201) ids.push(await document(ann));
  await sql(
    `with heads as (update draft_heads set head_seq = 1, edited_at = now() where document_id = any ($1::uuid[])
                    returning document_id)
     insert into draft_updates (document_id, seq, user_id, session_id, update)
     select document_id, 1, $2, $3, 'abc' from heads`,
    [ids, ann.userId, ann.sessionId],
  );
  return ids;
}

test('I5 the sweep covers what can be covered, whatever stands before it', async (t) => {
  const accounts = await accountsOf(t);
  const { orm, sql } = accounts;
  const ids = await manyEdited(accounts);
  const bad = ids.toSorted().at(0) ?? '';
  await sql(
    `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not this one'; end $$`,
  );
  await sql(`create trigger refuse before insert on audit_events for each row when (new.target_id = '${bad}')
    execute function refuse()`);
  const audit = auditOf(t, orm);
  await audit.sweep();
  const left = () => sql<{ id: string }>('select document_id as id from draft_heads where head_seq > audited_seq');
  t.deepEqual(await left(), [{ id: bad }]);
  await sql('drop trigger refuse on audit_events');
  await audit.sweep();
  t.deepEqual(await left(), []);
});

test('I5 one sweep covers all that a busy node left, not only a batch of it', async (t) => {
  const accounts = await accountsOf(t);
  const { orm, sql } = accounts;
  const ids = await manyEdited(accounts);
  await auditOf(t, orm).sweep();
  const left = await sql('select document_id from draft_heads where head_seq > audited_seq');
  t.is(left.length, 0);
  const covered = await sql(`select distinct target_id from audit_events where action = 'draft.edited'`);
  t.is(covered.length, ids.length);
});

/** Writers on a journal whose node covers what it wrote itself. */
async function writing(t: import('ava').ExecutionContext) {
  const accounts = await accountsOf(t);
  const bench = await journalBench(accounts.databaseUrl);
  t.teardown(() => bench.close());
  const audit = auditOf(t, accounts.orm, HOUR);
  const journal = bench.journal({ onWritten: audit.written });
  const id = await bench.document();
  const claim = await journal.claim(id, 0);
  const settled = new Map<number, () => void>();
  const log = journal.openLog(id, claim ?? t.fail() ?? { epoch: 0, headSeq: 0 }, (outcome) => {
    if (outcome.kind === 'committed') for (const [seq, resolve] of settled) if (seq <= outcome.throughSeq) resolve();
  });
  const commit = async (bytes: number, ...authors: Person[]): Promise<void> => {
    const seqs = authors.map(({ userId, sessionId }) =>
      log.append({ update: new Uint8Array(bytes), author: { userId, sessionId }, newClients: [] }),
    );
    await new Promise<void>((resolve) => settled.set(Math.max(...seqs), resolve));
  };
  const people = [await accounts.person(), await accounts.person()] as const;
  return { accounts, audit, commit, id, people };
}

test('I5 what a node wrote itself is covered as the journal has it', async (t) => {
  const { accounts, audit, commit, id, people } = await writing(t);
  const [ann, bob] = people;
  await commit(10, ann, ann, bob);
  await commit(10, ann, bob, bob);
  await audit.flush();
  const said = await accounts.events(id, 'draft.edited');
  t.is(said.length, 2);
  const journal = await accounts.sql<{ user_id: string; details: object }>(
    `select user_id, jsonb_build_object('updates', count(*), 'bytes', sum(octet_length(update)), 'from', min(at), 'to', max(at))
              as details from draft_updates where document_id = $1 group by user_id`,
    [id],
  );
  const ranges = {
    [ann.userId]: [
      [1, 2],
      [4, 4],
    ],
    [bob.userId]: [
      [3, 3],
      [5, 6],
    ],
  };
  for (const { user_id, details } of journal) {
    const event = said.find((one) => one.user_id === user_id);
    t.deepEqual(event?.details, { ...details, ranges: ranges[user_id] });
    t.is(event?.actor_kind, 'user');
  }
  t.deepEqual(await coverage(accounts, id), once(6));
  await audit.flush();
  t.is((await accounts.events(id, 'draft.edited')).length, 2, 'nothing new, no event');
  await commit(10, bob);
  await audit.flush();
  t.deepEqual(await coverage(accounts, id), once(7));
});

test('I5 what another node covered meanwhile is not covered again', async (t) => {
  const { accounts, audit, commit, id, people } = await writing(t);
  const [ann, bob] = people;
  await commit(10, ann, bob);
  t.is((await coverFree(accounts.orm, [id])).length, 1);
  await commit(10, ann);
  await audit.flush();
  t.deepEqual(await coverage(accounts, id), once(3));
});

test('I5 a portion of which nothing is known is read from the journal, and so is a gap', async (t) => {
  const { accounts, audit, commit, id, people } = await writing(t);
  const [ann] = people;
  await commit(10, ann);
  const entries = [{ update: new Uint8Array(10), author: ann, newClients: [] }];
  audit.written({ documentId: id, epoch: 1, baseSeq: 1, entries }, undefined);
  await audit.flush();
  t.deepEqual(await coverage(accounts, id), once(1), 'what was not committed is not covered');
  await commit(10, ann);
  audit.written({ documentId: id, epoch: 1, baseSeq: 7, entries }, '"2026-01-01T00:00:00Z"');
  await audit.flush();
  t.deepEqual(await coverage(accounts, id), once(2));
});

test('I9 more updates than one event may hold are covered in several', async (t) => {
  const { accounts, audit, commit, id, people } = await writing(t);
  const [ann] = people;
  for (let left = MAX_UPDATES + 1; left > 0; left -= 250) {
    await commit(1, ...Array.from({ length: Math.min(left, 250) }, () => ann));
  }
  await audit.flush();
  t.is((await accounts.events(id, 'draft.edited')).length, 2);
  t.deepEqual(await coverage(accounts, id), once(MAX_UPDATES + 1));
});

test('I9 a long backlog is covered in bounded events', async (t) => {
  const accounts = await accountsOf(t);
  const { document, events, orm, person, sql } = accounts;
  const ann = await person();
  const id = await document(ann);
  const updates = MAX_UPDATES * 2 + 1;
  await sql(
    `insert into draft_updates (document_id, seq, user_id, session_id, update)
     select $1, n, $2, $3, 'x' from generate_series(1, $4::int) n`,
    [id, ann.userId, ann.sessionId, updates],
  );
  await sql('update draft_heads set head_seq = $2 where document_id = $1', [id, updates]);
  const audit = auditOf(t, orm);
  audit.committed(id);
  await audit.flush();
  t.is((await events(id, 'draft.edited')).length, 3);
  t.deepEqual(await coverage(accounts, id), once(updates));
});

test('I5 a locked head is waited for, by itself', async (t) => {
  const accounts = await accountsOf(t);
  const { commit, document, events, open, orm, person } = accounts;
  const ann = await person();
  const [locked, free] = [await document(ann), await document(ann)];
  await commit(locked, ann);
  await commit(free, ann);
  const other = await open();
  const audit = auditOf(t, orm);
  let flushed: Promise<void> | undefined;
  await transaction(other, async (run) => {
    await run('select from draft_heads where document_id = $1 for no key update', [locked]);
    t.deepEqual(
      (await coverFree(orm, [locked])).map(({ documentId }) => documentId),
      [],
    );
    for (const id of [locked, free]) audit.committed(id);
    flushed = audit.flush();
    await until(async () => (await events(free, 'draft.edited')).length === 1);
  });
  await flushed;
  t.deepEqual(await coverage(accounts, locked), once(1));
});

test('I5 I2 a writer that never pauses is covered all the time, and neither waits for ever', async (t) => {
  const accounts = await accountsOf(t, 4);
  const { databaseUrl, open, orm, sql } = accounts;
  const bench = await journalBench(databaseUrl);
  t.teardown(() => bench.close());
  const journal = bench.journal({ maxWindowMs: 1 });
  const ids = await Promise.all(Array.from({ length: 8 }, () => bench.document()));
  const logs = await Promise.all(ids.map(async (id) => (await openFor(bench, journal, id)).log));
  const nodes = [orm, await open()].map((node) => auditOf(t, node));
  let stop = false;
  const last = new Map<string, number>();
  const writers = logs.map(async (log) => {
    while (!stop) {
      const seq = log.append(randomUUID());
      last.set(log.documentId, seq);
      await log.through(seq);
    }
  });
  let lagging = 0;
  for (let round = 0; round < 60; round += 1) {
    const before = await sql<{ id: string; seq: number }>(
      'select document_id as id, head_seq::float8 as seq from draft_heads',
    );
    for (const id of ids) for (const node of nodes) node.committed(id);
    await Promise.all(nodes.map((node) => node.flush()));
    const after = await sql<{ id: string; seq: number }>(
      'select document_id as id, audited_seq::float8 as seq from draft_heads',
    );
    const audited = new Map(after.map(({ id, seq }) => [id, seq]));
    lagging += before.filter(({ id, seq }) => (audited.get(id) ?? 0) < seq).length;
  }
  stop = true;
  await Promise.all(writers);
  t.is(lagging, 0, 'each run covered all that was committed before it');
  t.true(
    logs.every((log) => log.isOpen),
    'no commit was refused',
  );
  for (const id of ids) for (const node of nodes) node.committed(id);
  await Promise.all(nodes.map((node) => node.flush()));
  for (const id of ids) t.deepEqual(await coverage(accounts, id), once(last.get(id) ?? -1));
  const [counted] = await sql<{ deadlocks: number }>(
    `select deadlocks::int from pg_stat_database where datname = current_database()`,
  );
  t.is(counted?.deadlocks, 0);
});

test('looking for what dead nodes left reads the table once, not through its index', async (t) => {
  const { document, orm, person, sql } = await accountsOf(t);
  const ann = await person();
  await document(ann);
  await sql(
    `with made as (
       insert into documents (title, owner_id) select 't', $1 from generate_series(1, 20000) returning id
     )
     insert into draft_heads (document_id, head_seq, audited_seq) select id, 5, 5 from made`,
    [ann.userId],
  );
  await sql('analyze draft_heads');
  const plan = await orm.query<{ 'QUERY PLAN': string }>(`explain ${ABANDONED}`, [3_750, 200, null]);
  const text = plan.map((line) => line['QUERY PLAN']).join('\n');
  t.regex(text, /Seq Scan on draft_heads/);
  t.notRegex(text, /Index/);
});
