/** The audit trail: written with the change or not at all, never changed, kept by month, read page by page. */
import test from 'ava';
import { OPERATOR, SYSTEM } from '../../../../src/ports/actor.ts';
import { createPasswords } from '../../../../src/storage/postgres/accounts/passwords.ts';
import { createSessionStore } from '../../../../src/storage/postgres/accounts/sessions.ts';
import { createUserStore } from '../../../../src/storage/postgres/accounts/users.ts';
import { inetOf, recordEvent } from '../../../../src/storage/postgres/audit/events.ts';
import { ensureAuditPartitions, monthsAhead } from '../../../../src/storage/postgres/audit/partitions.ts';
import { transaction } from '../../../../src/storage/postgres/transaction.ts';
import { accountsOf } from '../../../support/accounts.ts';
import { codeOf } from '../../../support/outcome.ts';
import { silentLog } from '../../../support/silent-log.ts';

test('I5 an event is committed together with its change, or neither is', async (t) => {
  const { orm, person, document, events, sql } = await accountsOf(t);
  const owner = await person();
  const id = await document(owner);
  const event = {
    action: 'document.changed',
    actor: owner.actor,
    target: { kind: 'document', id },
    outcome: 'ok',
  } as const;
  await t.throwsAsync(
    transaction(orm, async (run) => {
      await run(`update documents set title = 'lost' where id = $1`, [id]);
      await recordEvent(run, event);
      await run('select pg_terminate_backend(pg_backend_pid())');
    }),
  );
  await t.throwsAsync(
    orm.em().transactional(async (tx) => {
      await tx.execute(`update documents set title = 'lost' where id = ?`, [id]);
      await recordEvent(tx, event);
      throw new Error('no');
    }),
    { message: 'no' },
  );
  t.deepEqual(await events(id, 'document.changed'), []);
  t.deepEqual(await sql('select title from documents where id = $1', [id]), [{ title: 'A title' }]);
  // And the pool is whole: the session that was lost is not handed out again.
  await transaction(orm, (run) => recordEvent(run, event));
  await orm.em().transactional((tx) => recordEvent(tx, event));
  t.is((await events(id, 'document.changed')).length, 2);
});

test('I5 a change whose event cannot be written does not happen', async (t) => {
  const { documents, document, person, sql } = await accountsOf(t);
  const owner = await person();
  const id = await document(owner);
  await sql(`alter table audit_events add constraint no_more check (action <> 'document.changed')`);
  await t.throwsAsync(documents.change(owner.actor, id, { title: 'lost' }));
  t.like(await documents.get(owner.userId, id), { title: 'A title' });
});

test('I5 nobody changes or removes an event, in any partition', async (t) => {
  const { clock, orm, document, person, sql } = await accountsOf(t);
  await ensureAuditPartitions(orm, clock, silentLog);
  const id = await document(await person());
  for (const table of ['audit_events', 'audit_events_default', monthsAhead(clock.now())[0]?.name]) {
    await t.throwsAsync(sql(`truncate ${table}`), { message: /insert-only/ }, table);
  }
  for (const statement of [
    `update audit_events set action = 'x'`,
    'delete from audit_events',
    `delete from ${monthsAhead(clock.now())[0]?.name}`,
  ]) {
    await t.throwsAsync(sql(statement), { message: /insert-only/ }, statement);
  }
  t.is((await sql('select 1 from audit_events where target_id = $1', [id])).length, 1);
});

test('months have partitions ahead of them, whoever makes them, and over the turn of the year', async (t) => {
  const { clock, orm, open, sql } = await accountsOf(t);
  t.deepEqual(monthsAhead(Date.UTC(2026, 10, 30)), [
    { name: 'audit_events_2026_11', from: '2026-11-01', to: '2026-12-01' },
    { name: 'audit_events_2026_12', from: '2026-12-01', to: '2027-01-01' },
    { name: 'audit_events_2027_01', from: '2027-01-01', to: '2027-02-01' },
  ]);
  const other = await open();
  await Promise.all([orm, other, orm].map((one) => ensureAuditPartitions(one, clock, silentLog)));
  await ensureAuditPartitions(other, clock, silentLog);
  const partitions = () =>
    sql<{ n: number }>(`select count(*)::int as n from pg_inherits where inhparent = 'audit_events'::regclass`);
  t.deepEqual(await partitions(), [{ n: 4 }]);
  const event = { action: 'user.created', actor: SYSTEM, outcome: 'ok' } as const;
  await transaction(orm, (run) => recordEvent(run, event));
  t.deepEqual(await sql('select count(*)::int as n from audit_events_default'), [{ n: 0 }]);
});

test('I5 without a partition nothing is lost, and what is there stays where it is', async (t) => {
  const { clock, orm, sql } = await accountsOf(t);
  const event = { action: 'user.created', actor: SYSTEM, outcome: 'ok' } as const;
  await transaction(orm, (run) => recordEvent(run, event));
  t.deepEqual(await sql('select count(*)::int as n from audit_events_default'), [{ n: 1 }]);
  await t.notThrowsAsync(ensureAuditPartitions(orm, clock, silentLog));
  await transaction(orm, (run) => recordEvent(run, event));
  t.deepEqual(await sql('select count(*)::int as n from audit_events_default'), [{ n: 2 }]);
  const next = monthsAhead(clock.now())[1];
  t.deepEqual(await sql('select to_regclass($1) is not null as there', [next?.name]), [{ there: true }]);
});

test('I10 whatever a client sends along, the event is written', async (t) => {
  const { orm, sql } = await accountsOf(t);
  for (const ip of ['fe80::1%eth0', '::ffff:127.0.0.1', 'not an address', '', '10.0.0.1; drop table users']) {
    const userAgent = `a\0b\ud800 ? $1 \\ ' ${'x'.repeat(9_000)}`;
    const actor = { kind: 'user', ip, userAgent, requestId: '\\u0000' } as const;
    await transaction(orm, (run) => recordEvent(run, { action: 'login.failed', actor, outcome: 'failed' }));
    await orm
      .em()
      .transactional((tx) =>
        recordEvent(tx, { action: 'login.failed', actor, outcome: 'failed', details: { handle: '?\'\\"\0' } }),
      );
  }
  const rows = await sql<{ user_agent: string; ip: string | null; request_id: string }>(
    'select user_agent, host(ip) as ip, request_id from audit_events order by at',
  );
  t.is(rows.length, 10);
  t.true(
    rows.every(({ user_agent }) => user_agent.startsWith("a\ufffdb\ufffd ? $1 \\ ' x") && user_agent.length === 256),
  );
  t.true(rows.every(({ request_id }) => request_id === '\\u0000'));
  t.deepEqual([...new Set(rows.map(({ ip }) => ip))], ['fe80::1', '::ffff:127.0.0.1', null]);
  t.is(inetOf(undefined), undefined);
});

test('I5 accounts: making one, signing in and out, and failing to', async (t) => {
  const { clock, orm, events, sql } = await accountsOf(t);
  const users = createUserStore(orm, createPasswords({ parallel: 1, queued: 9 }), clock);
  const sessions = createSessionStore({ orm, clock });
  const made = await users.create({ handle: 'ann', password: 'correct horse', role: 'author' }, OPERATOR);
  if (!made.ok) return t.fail();
  const { id } = made.user;
  t.like(await events(id), {
    0: { action: 'user.created', actor_kind: 'operator', after: { handle: 'ann' } },
    length: 1,
  });
  t.deepEqual(await users.create({ handle: 'ann', password: 'correct horse', role: 'author' }, OPERATOR), {
    ok: false,
    reason: 'handle_taken',
  });

  const visitor = { kind: 'user', ip: '::1', requestId: 'r1' } as const;
  t.is(codeOf(await users.authenticate('ann', 'wrong', { ...visitor, userId: id })), 'bad_credentials');
  t.is(codeOf(await users.authenticate('nobody', 'wrong', visitor)), 'bad_credentials');
  t.is(codeOf(await users.authenticate('ann', 'correct horse', visitor)), 'ok');
  const failed = await sql(
    `select user_id, target_id, details, host(ip) as ip, outcome from audit_events
      where action = 'login.failed' order by at`,
  );
  t.deepEqual(failed, [
    { user_id: null, target_id: id, details: { handle: 'ann' }, ip: '::1', outcome: 'failed' },
    { user_id: null, target_id: null, details: { handle: 'nobody' }, ip: '::1', outcome: 'failed' },
  ]);

  const { identity } = await sessions.open({ user: made.user, userAgent: 'x', ip: '::1', actor: visitor });
  await sessions.revoke(identity, { ...visitor, userId: id });
  await sessions.revoke(identity, { ...visitor, userId: id });
  t.deepEqual(
    (await events(identity.sessionId)).map(({ action, user_id }) => [action, user_id]),
    [
      ['session.opened', id],
      ['session.closed', id],
    ],
  );
  t.false(JSON.stringify(await sql('select * from audit_events')).includes('correct horse'));
});

test('I5 access: what it was before and after, and who was refused', async (t) => {
  const { grants, document, events, person } = await accountsOf(t);
  const [owner, friend, viewer] = [await person(), await person(), await person()];
  const documentId = await document(owner);
  const target = { documentId, handle: friend.handle };
  await grants.put(owner.actor, target, 'view');
  await grants.put(owner.actor, target, 'view');
  await grants.put(owner.actor, target, 'own');
  await grants.put(owner.actor, { documentId, handle: viewer.handle }, 'view');
  t.is(codeOf(await grants.put(viewer.actor, target, 'view')), 'forbidden');
  t.is(codeOf(await grants.remove(viewer.actor, target)), 'forbidden');
  await grants.remove(friend.actor, { documentId, handle: owner.handle });
  t.is(codeOf(await grants.remove(friend.actor, target)), 'conflict');
  const said = (await events(documentId, 'grant.%')).map(({ action, outcome, before, after, details }) => [
    action,
    outcome,
    before?.level,
    after?.level,
    details,
  ]);
  t.deepEqual(said, [
    ['grant.set', 'ok', undefined, 'view', null],
    ['grant.set', 'ok', 'view', 'own', null],
    ['grant.set', 'ok', undefined, 'view', null],
    ['grant.set', 'denied', undefined, undefined, { handle: friend.handle, level: 'view' }],
    ['grant.revoked', 'denied', undefined, undefined, { handle: friend.handle }],
    ['grant.revoked', 'ok', 'own', undefined, { owner: friend.handle }],
  ]);
});
