/** Times to publish: each once, by whichever node is up, as the user who set it and only while they may. */
import test, { type ExecutionContext } from 'ava';
import { failure } from '../../schemas/errors.ts';
import type { DocumentNotice } from '../../src/ports/notices.ts';
import { createPublisher, type DraftContents } from '../../src/publishing/publisher.ts';
import { createScheduler } from '../../src/publishing/scheduler.ts';
import type { Orm } from '../../src/storage/postgres/orm.ts';
import { createPublicationStore } from '../../src/storage/postgres/publishing/publishing.ts';
import { createRevisionStore } from '../../src/storage/postgres/publishing/revisions.ts';
import { createScheduleStore } from '../../src/storage/postgres/publishing/schedules.ts';
import { transaction } from '../../src/storage/postgres/transaction.ts';
import { type Accounts, accountsOf } from '../support/accounts.ts';
import { codeOf } from '../support/outcome.ts';
import { silentLog } from '../support/silent-log.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const CONTENT = { title: 'On time', summary: '', body: { type: 'doc', content: [{ type: 'paragraph' }] } } as const;

type Read = DraftContents['read'];
const readable: Read = async () => ({
  ok: true,
  epoch: 1,
  seq: 7,
  content: { ...CONTENT, body: { type: 'doc', content: [] } },
});

/** A node's scheduler that does nothing by itself, and the notices that it sent. */
function nodeOf(t: ExecutionContext, { clock }: Accounts, orm: Orm, read: Read = readable) {
  const notices: DocumentNotice[] = [];
  const publishing = createPublicationStore(orm, clock);
  const publisher = createPublisher({
    publishing,
    revisions: createRevisionStore(orm),
    drafts: { read, write: async () => failure('unavailable') },
    notify: (_channel, notice) => notices.push(notice),
  });
  const scheduler = createScheduler({
    schedules: createScheduleStore(orm, clock),
    publisher,
    log: silentLog,
    everyMs: HOUR,
  });
  t.teardown(() => scheduler.close());
  return { notices, publishing, publisher, scheduler };
}

const publishedOf = async ({ documents }: Accounts, userId: string, id: string) =>
  (await documents.get(userId, id))?.published?.revision ?? null;

test('SCHED1 three nodes that race publish each document once', async (t) => {
  const accounts = await accountsOf(t);
  const { clock, document, events, open, orm, person, sql } = accounts;
  const owner = await person();
  const nodes = [orm, await open(), await open()].map((node) => nodeOf(t, accounts, node));
  const ids = await Promise.all(Array.from({ length: 12 }, () => document(owner)));
  const at = new Date(clock.now() + MINUTE);
  for (const id of ids) t.is(codeOf(await nodes[0]!.publishing.schedule(owner.actor, id, at)), 'ok');
  const race = () => Promise.all(nodes.map(({ scheduler }) => scheduler.run()));
  await race();
  for (const id of ids) t.is(await publishedOf(accounts, owner.userId, id), null, 'not before its time');
  clock.advance(MINUTE);
  for (let round = 0; round < 4; round += 1) await race();
  for (const id of ids) {
    t.is(await publishedOf(accounts, owner.userId, id), 1);
    t.is((await events(id, 'document.published')).length, 1);
  }
  t.deepEqual(await sql('select id from schedules'), []);
  t.is(nodes.flatMap(({ notices }) => notices).length, ids.length);
});

test('SCHED1 a node whose lease ran out publishes nothing after another node has', async (t) => {
  const accounts = await accountsOf(t);
  const { clock, document, open, orm, person } = accounts;
  const owner = await person();
  const id = await document(owner);
  const fast = nodeOf(t, accounts, await open());
  let reading = () => {};
  const isReading = new Promise<void>((resolve) => {
    reading = resolve;
  });
  let release = () => {};
  const published = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = nodeOf(t, accounts, orm, async (documentId, want) => {
    reading();
    await published;
    return readable(documentId, want);
  });
  await fast.publishing.schedule(owner.actor, id, new Date(clock.now() + MINUTE));
  clock.advance(MINUTE);
  const late = slow.scheduler.run();
  await isReading;
  await fast.scheduler.run();
  t.is(await publishedOf(accounts, owner.userId, id), null, 'the lease holds');
  clock.advance(MINUTE);
  await fast.scheduler.run();
  t.is(await publishedOf(accounts, owner.userId, id), 1, 'a node that died would be replaced like this');
  release();
  await late;
  t.is(await publishedOf(accounts, owner.userId, id), 1);
  t.deepEqual([slow.notices.length, fast.notices.length], [0, 1]);
});

test('SCHED2 a time that came while every node was down is kept by the first one up', async (t) => {
  const accounts = await accountsOf(t);
  const { clock, document, events, open, orm, person } = accounts;
  const owner = await person();
  const id = await document(owner);
  const before = nodeOf(t, accounts, orm);
  await before.publishing.schedule(owner.actor, id, new Date(clock.now() + MINUTE));
  await before.scheduler.close();
  clock.advance(48 * HOUR);
  await nodeOf(t, accounts, await open()).scheduler.run();
  t.is(await publishedOf(accounts, owner.userId, id), 1);
  const [event] = await events(id, 'document.published');
  t.like(event, { actor_kind: 'user', user_id: owner.userId, details: { seq: 7 } });
  t.truthy(event?.details?.scheduleId);
});

test('SCHED3 a draft whose text is not where it is published from is given up, and the reason is on record', async (t) => {
  const accounts = await accountsOf(t);
  const { clock, document, events, orm, person, sql } = accounts;
  const owner = await person();
  const id = await document(owner);
  const node = nodeOf(t, accounts, orm, async () => ({
    ok: true,
    epoch: 1,
    seq: 7,
    content: { title: 'On time', summary: '', body: { type: 'doc', content: [] }, textElsewhere: ['quill'] },
  }));
  await node.publishing.schedule(owner.actor, id, new Date(clock.now() + MINUTE));
  clock.advance(MINUTE);
  await node.scheduler.run();
  t.is(await publishedOf(accounts, owner.userId, id), null);
  t.deepEqual(await sql('select id from schedules'), []);
  t.deepEqual(node.notices, []);
  t.like((await events(id, 'document.unscheduled'))[0], {
    outcome: 'failed',
    actor_kind: 'system',
    details: { reason: 'text_elsewhere', attempts: 1, scheduledBy: owner.userId },
  });
});

test('SCHED3 a user who lost the right meanwhile does not publish, and it is audited', async (t) => {
  const accounts = await accountsOf(t);
  const { clock, document, events, grant, grants, orm, person, sql } = accounts;
  const [owner, lost, reader] = [await person(), await person(), await person()];
  const node = nodeOf(t, accounts, orm);
  for (const editor of [lost, reader]) {
    const id = await document(owner);
    await grant(owner, id, editor, 'edit');
    await node.publishing.schedule(editor.actor, id, new Date(clock.now() + MINUTE));
    if (editor === lost) await grants.remove(owner.actor, { documentId: id, handle: editor.handle });
    else await grant(owner, id, editor, 'view');
    clock.advance(MINUTE);
    await node.scheduler.run();
    t.is(await publishedOf(accounts, owner.userId, id), null);
    t.deepEqual(await sql('select id from schedules'), []);
    t.like((await events(id, 'document.unscheduled'))[0], {
      outcome: 'failed',
      actor_kind: 'system',
      details: { reason: editor === lost ? 'not_found' : 'read_only', scheduledBy: editor.userId },
    });
  }
});

test('SCHED4 what fails is tried again with growing pauses, and given up after ten attempts', async (t) => {
  const accounts = await accountsOf(t);
  const { clock, document, events, orm, person, sql } = accounts;
  const owner = await person();
  const id = await document(owner);
  let reads = 0;
  const node = nodeOf(t, accounts, orm, async () => {
    reads += 1;
    if (reads === 3) throw new Error('unexpected');
    return failure('unavailable');
  });
  await node.publishing.schedule(owner.actor, id, new Date(clock.now() + MINUTE));
  clock.advance(MINUTE);
  await node.scheduler.run();
  await node.scheduler.run();
  t.is(reads, 1, 'not before the pause is over');
  clock.advance(5_000);
  await node.scheduler.run();
  clock.advance(5_000);
  await node.scheduler.run();
  t.is(reads, 2, 'the pause has doubled');
  while ((await sql('select id from schedules')).length > 0) {
    clock.advance(HOUR);
    await node.scheduler.run();
  }
  t.is(reads, 10);
  t.like((await events(id, 'document.unscheduled'))[0], { details: { reason: 'unavailable', attempts: 10 } });
  t.is(await publishedOf(accounts, owner.userId, id), null);
});

test('SCHED5 one time a document: a new one takes the place of the old, also of one that is being tried', async (t) => {
  const accounts = await accountsOf(t);
  const { clock, document, documents, events, orm, person } = accounts;
  const owner = await person();
  const id = await document(owner);
  const other = createPublicationStore(orm, clock);
  const later = new Date(clock.now() + HOUR);
  const node = nodeOf(t, accounts, orm, async (documentId, want) => {
    await other.schedule(owner.actor, id, later);
    return readable(documentId, want);
  });
  const soon = new Date(clock.now() + MINUTE);
  await node.publishing.schedule(owner.actor, id, soon);
  t.is(codeOf(await node.publishing.schedule(owner.actor, id, new Date(clock.now()))), 'bad_request', 'not the past');
  t.is(codeOf(await node.publishing.schedule(owner.actor, id, new Date(Number.NaN))), 'bad_request');
  clock.advance(MINUTE);
  await node.scheduler.run();
  t.like(await documents.get(owner.userId, id), { published: null, scheduled: { at: later.toISOString() } });
  t.deepEqual(
    (await events(id, 'document.scheduled')).map(({ before, after }) => [before, after]),
    [
      [null, { at: soon.toISOString() }],
      [{ at: soon.toISOString() }, { at: later.toISOString() }],
    ],
  );
  // Publishing by hand keeps the schedule; removing it is audited.
  await node.publishing.publish(owner.actor, id, {
    content: { ...CONTENT, body: { type: 'doc', content: [] } },
    seq: 1,
  });
  t.like(await documents.get(owner.userId, id), { published: { revision: 1 }, scheduled: { at: later.toISOString() } });
  await node.publishing.unschedule(owner.actor, id);
  await node.publishing.unschedule(owner.actor, id);
  t.like(await documents.get(owner.userId, id), { scheduled: null });
  t.is((await events(id, 'document.unscheduled')).length, 1);
});

test('SCHED6 a deleted document is not published, and not by surprise when it is restored', async (t) => {
  const accounts = await accountsOf(t);
  const { clock, document, documents, events, orm, person } = accounts;
  const owner = await person();
  const id = await document(owner);
  const node = nodeOf(t, accounts, orm);
  const at = new Date(clock.now() + MINUTE);
  await node.publishing.schedule(owner.actor, id, at);
  await documents.remove(owner.actor, id);
  clock.advance(HOUR);
  await node.scheduler.run();
  await documents.restore(owner.actor, id);
  await node.scheduler.run();
  t.like(await documents.get(owner.userId, id), { published: null, scheduled: null });
  t.like((await events(id, 'document.deleted'))[0], { before: { scheduled: at.toISOString() } });
});

test('SCHED1 a node that dies while it publishes leaves the schedule to another', async (t) => {
  const accounts = await accountsOf(t);
  const { clock, document, open, orm, person, sql } = accounts;
  const owner = await person();
  const id = await document(owner);
  const dying = nodeOf(t, accounts, orm);
  await dying.publishing.schedule(owner.actor, id, new Date(clock.now() + MINUTE));
  clock.advance(MINUTE);
  await transaction(await open(), async (run) => {
    // What it writes last waits here; then its session ends.
    await run('lock table audit_events in access exclusive mode');
    const attempt = dying.scheduler.run();
    const waiting = `select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    let pid: unknown;
    while (pid === undefined) [{ pid } = { pid: undefined }] = await run(waiting);
    await run('select pg_terminate_backend($1)', [pid]);
    await attempt;
  });
  t.is(await publishedOf(accounts, owner.userId, id), null);
  t.is((await sql('select id from schedules')).length, 1);
  clock.advance(MINUTE);
  await nodeOf(t, accounts, await open()).scheduler.run();
  t.is(await publishedOf(accounts, owner.userId, id), 1);
});
