/** Publishing in the database: numbers, what never changes, who may publish, which webhooks are queued, and what readers can find out. */
import test from 'ava';
import type { DraftContent } from '../../src/content/model/types.ts';
import { createPublicationStore } from '../../src/storage/postgres/publishing/publishing.ts';
import { createRevisionStore } from '../../src/storage/postgres/publishing/revisions.ts';
import { type Accounts, accountsOf } from '../support/accounts.ts';
import { codeOf } from '../support/outcome.ts';
import type { Person } from '../support/people.ts';

const draft = (text: string, title: string | null = 'The title'): DraftContent => ({
  title,
  summary: title === null ? '' : 'What it is about',
  body: { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] },
});

function publishingOf({ orm, clock }: Accounts) {
  return { publishing: createPublicationStore(orm, clock), revisions: createRevisionStore(orm) };
}

async function listen({ sql }: Accounts, { userId }: Person): Promise<void> {
  await sql(
    `insert into webhooks (user_id, url, host, secret, events)
     values ($1, 'https://example.org/', 'example.org', $2, '{document.published,document.unpublished}')`,
    [userId, Buffer.alloc(32)],
  );
}

const deliveries = async ({ sql }: Accounts) =>
  (await sql<{ event: string }>('select event from webhook_deliveries order by created_at')).map(({ event }) => event);

test('PUB1 twenty who publish at once make twenty revisions without a gap', async (t) => {
  const accounts = await accountsOf(t);
  const { documents, document, events, open, orm, person } = accounts;
  const owner = await person();
  await listen(accounts, owner);
  const id = await document(owner);
  const nodes = [orm, await open()].map((node) => createPublicationStore(node, accounts.clock));
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      nodes[n % 2]?.publish(owner.actor, id, { content: draft(`text ${n}`), seq: n + 1 }),
    ),
  );
  const numbers = outcomes.map((outcome) => (outcome?.ok ? outcome.revision.number : -1));
  t.deepEqual(
    numbers.toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
  t.like(await documents.get(owner.userId, id), { published: { revision: 20 } });
  t.is((await events(id, 'document.published')).length, 20);
  t.is((await deliveries(accounts)).length, 20);
  const { revisions } = await createRevisionStore(orm).list(id, { limit: 50, before: undefined });
  t.deepEqual(
    revisions.map(({ number, current }) => [number, current]),
    Array.from({ length: 20 }, (_, n) => [20 - n, n === 0]),
  );
  // The seq of each says which draft it was of.
  for (const [n, number] of numbers.entries()) t.is(revisions.find((one) => one.number === number)?.seq, n + 1);
});

test('PUB1 a revision, its event and its deliveries are one: none of them without the others', async (t) => {
  const accounts = await accountsOf(t);
  const { document, documents, events, person, sql } = accounts;
  const { publishing, revisions } = publishingOf(accounts);
  const owner = await person();
  await listen(accounts, owner);
  const id = await document(owner);
  await sql('alter table webhook_deliveries add constraint no_more check (false) not valid');
  await t.throwsAsync(publishing.publish(owner.actor, id, { content: draft('x'), seq: 1 }));
  t.deepEqual(await revisions.list(id, { limit: 5, before: undefined }), { revisions: [] });
  t.like(await documents.get(owner.userId, id), { published: null });
  t.deepEqual(await events(id, 'document.published'), []);
  await sql('alter table webhook_deliveries drop constraint no_more');
  t.is(codeOf(await publishing.publish(owner.actor, id, { content: draft('x'), seq: 1 })), 'ok');
  t.is(codeOf(await publishing.unpublish(owner.actor, id)), 'ok');
  t.is(codeOf(await publishing.unpublish(owner.actor, id)), 'ok', 'again: as it is');
  t.deepEqual(await deliveries(accounts), ['document.published', 'document.unpublished']);
  const said = (await events(id, 'document.%publish%')).map(({ action, before, after }) => [action, before, after]);
  t.deepEqual(said[0]?.[2], {
    revision: 1,
    title: 'The title',
    slug: (await slugOf(accounts, id)) as string,
    visibility: 'private',
  });
  t.deepEqual(said[1], ['document.unpublished', { revision: 1 }, null]);
  t.is(said.length, 2);
});

const slugOf = async ({ sql }: Accounts, id: string) =>
  (await sql<{ slug: string }>('select coalesce(name, slug) as slug from documents where id = $1', [id]))[0]?.slug;

test('PUB2 what was published never changes', async (t) => {
  const accounts = await accountsOf(t);
  const { document, person, sql } = accounts;
  const { publishing, revisions } = publishingOf(accounts);
  const owner = await person();
  const id = await document(owner);
  const content = draft("Ünï “code” 🏔 \\u0000 ' ? $1");
  await publishing.publish(owner.actor, id, { content, seq: 4 });
  await t.throwsAsync(sql(`update revisions set title = 'x' where document_id = $1`, [id]), { message: /insert-only/ });
  const kept = await revisions.get(id, 1);
  t.deepEqual(kept?.body, content.body as never);
  t.like(kept, { number: 1, title: 'The title', seq: 4, publishedBy: owner.handle, current: true });
  await publishing.publish(owner.actor, id, { content: draft('other'), seq: 5 });
  t.deepEqual(await revisions.get(id, 1), { ...kept, current: false } as never);
  t.is(await revisions.get(id, 3), undefined);
});

test('PUB3 a draft without a title of its own is published under the document’s', async (t) => {
  const accounts = await accountsOf(t);
  const { documents, document, person } = accounts;
  const { publishing } = publishingOf(accounts);
  const owner = await person();
  const id = await document(owner, 'From the list');
  await documents.change(owner.actor, id, { summary: 'About' });
  const made = await publishing.publish(owner.actor, id, { content: draft('x', null), seq: 1 });
  t.like(made, { ok: true, revision: { title: 'From the list', summary: 'About' } });
});

test('I5 I6 a user who may not edit cannot publish, and the refusal is audited', async (t) => {
  const accounts = await accountsOf(t);
  const { document, documents, events, grant, person } = accounts;
  const { publishing } = publishingOf(accounts);
  const [owner, viewer, editor, stranger] = [await person(), await person(), await person(), await person()];
  const id = await document(owner);
  await grant(owner, id, viewer, 'view');
  await grant(owner, id, editor, 'edit');
  const later = new Date(accounts.clock.now() + 60_000);
  for (const { actor, expected } of [
    { actor: viewer.actor, expected: 'read_only' },
    { actor: stranger.actor, expected: 'not_found' },
    { actor: editor.actor, expected: 'ok' },
  ]) {
    const outcomes = [
      await publishing.publish(actor, id, { content: draft('x'), seq: 1 }),
      await publishing.unpublish(actor, id),
      await publishing.schedule(actor, id, later),
      await publishing.unschedule(actor, id),
    ];
    t.deepEqual(
      outcomes.map(codeOf),
      Array.from({ length: 4 }, () => expected),
    );
  }
  const denied = (await events(id)).filter(({ outcome }) => outcome === 'denied');
  t.deepEqual(
    denied.map(({ action, user_id }) => [action, user_id]),
    ['document.published', 'document.unpublished', 'document.scheduled', 'document.unscheduled'].map((action) => [
      action,
      viewer.userId,
    ]),
  );
  await documents.remove(owner.actor, id);
  t.is(codeOf(await publishing.publish(owner.actor, id, { content: draft('x'), seq: 1 })), 'not_found');
});

test('I6 a private name, an unknown one and an unpublished one look the same to readers', async (t) => {
  const accounts = await accountsOf(t);
  const { clock, document, documents, grant, person } = accounts;
  const { publishing, revisions } = publishingOf(accounts);
  const [owner, friend, stranger] = [await person(), await person(), await person()];
  const id = await document(owner);
  await grant(owner, id, friend, 'view');
  await documents.change(owner.actor, id, { slug: 'the-name' });
  const seen = async () =>
    Promise.all([
      revisions.published('the-name'),
      revisions.published('the-name', stranger.userId),
      revisions.published('the-name', friend.userId),
      revisions.published('no-name', friend.userId),
    ]).then((pages) => pages.map((page) => page?.revision));
  const asked = [stranger, friend].flatMap(({ userId }) => ['the-name', 'no-name'].map((slug) => ({ slug, userId })));
  const states = async () => (await revisions.states(asked)).map((state) => state?.revision);
  t.deepEqual(await seen(), [undefined, undefined, undefined, undefined], 'not published');
  const first = clock.now();
  await publishing.publish(owner.actor, id, { content: draft('one'), seq: 1 });
  t.deepEqual(await seen(), [undefined, undefined, 1, undefined], 'private');
  t.deepEqual(await states(), [undefined, undefined, 1, undefined]);
  clock.advance(1_000);
  await publishing.publish(owner.actor, id, { content: draft('two'), seq: 2 });
  await documents.change(owner.actor, id, { visibility: 'public' });
  t.deepEqual(await seen(), [2, 2, 2, undefined]);
  t.deepEqual(await states(), [2, undefined, 2, undefined]);
  t.deepEqual((await revisions.states(asked.slice(0, 1)))[0], {
    documentId: id,
    slug: 'the-name',
    revision: 2,
    live: false,
  });
  t.like(await revisions.published('the-name'), {
    documentId: id,
    slug: 'the-name',
    author: owner.handle,
    body: draft('two').body,
    firstPublishedAt: new Date(first).toISOString(),
    publishedAt: new Date(clock.now()).toISOString(),
    visibility: 'public',
  });
  await documents.remove(owner.actor, id);
  t.deepEqual(await seen(), [undefined, undefined, undefined, undefined], 'deleted');
  t.deepEqual(await states(), [undefined, undefined, undefined, undefined], 'deleted');
  await documents.restore(owner.actor, id);
  t.deepEqual(await seen(), [2, 2, 2, undefined]);
  await publishing.unpublish(owner.actor, id);
  t.deepEqual(await seen(), [undefined, undefined, undefined, undefined]);
  t.deepEqual(await states(), [undefined, undefined, undefined, undefined]);
});

test('revisions are listed page by page', async (t) => {
  const accounts = await accountsOf(t);
  const { document, person } = accounts;
  const { publishing, revisions } = publishingOf(accounts);
  const owner = await person();
  const id = await document(owner);
  for (let seq = 1; seq <= 5; seq += 1) await publishing.publish(owner.actor, id, { content: draft('x'), seq });
  const numbers: number[][] = [];
  let before: number | undefined;
  do {
    const page = await revisions.list(id, { limit: 2, before });
    numbers.push(page.revisions.map(({ number }) => number));
    before = page.next;
  } while (before !== undefined);
  t.deepEqual(numbers, [[5, 4], [3, 2], [1]]);
});
