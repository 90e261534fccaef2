// What every implementation of the ports of publishing and revisions does: numbered revisions that never change, for those who may.
import { randomBytes, randomUUID } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import type { DraftContent } from '../../src/content/model/types.ts';
import type { AuditTrail } from '../../src/ports/audit.ts';
import type { DocumentStore } from '../../src/ports/documents.ts';
import type { PublicationStore } from '../../src/ports/publishing.ts';
import type { FoundPage, RevisionStore } from '../../src/ports/revisions.ts';
import { codeOf } from '../support/outcome.ts';
import type { People, Person } from '../support/people.ts';
import { rulesOf } from './rules.ts';

export interface PublishingWorld extends People {
  /** As nodes have it. */
  readonly nodes: readonly [PublicationStore, PublicationStore];
  readonly revisions: RevisionStore;
  readonly documents: DocumentStore;
  readonly trail: AuditTrail;
}

const MINUTE_MS = 60_000;
const draft = (text: string, title: string | null = 'The title'): DraftContent => ({
  title,
  summary: title === null ? '' : 'What it is about',
  body: { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] },
});

export function publishingContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<PublishingWorld>,
): void {
  const rule = rulesOf(test, `publishing, ${name}`, worldOf);
  const eventsOf = async ({ trail }: PublishingWorld, reader: Person, id: string) =>
    (await trail.ofDocument(id, { limit: 100, after: undefined }, reader)).events.toReversed();

  rule('PUB1 twenty who publish at once make twenty revisions without a gap', async (t, world) => {
    const { documents, document, nodes, person, revisions } = world;
    const owner = await person();
    const id = await document(owner);
    t.deepEqual(await revisions.state(id), { latest: 0, published: false });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        nodes[n % 2 === 0 ? 0 : 1].publish(owner.actor, id, { content: draft(`text ${n}`), seq: n + 1 }),
      ),
    );
    const numbers = outcomes.map((outcome) => (outcome.ok ? outcome.revision.number : -1));
    t.deepEqual(
      numbers.toSorted((a, b) => a - b),
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
    t.like(await documents.get(owner.userId, id), { published: { revision: 20 } });
    t.deepEqual(await revisions.state(id), { latest: 20, published: true });
    const published = (await eventsOf(world, owner, id)).filter(({ action }) => action === 'document.published');
    t.is(published.length, 20);
    const listed = (await revisions.list(id, { limit: 50, before: undefined })).revisions;
    t.deepEqual(
      listed.map(({ number, current }) => [number, current]),
      Array.from({ length: 20 }, (_, n) => [20 - n, n === 0]),
    );
    // The seq of each says which draft it was of.
    for (const [n, number] of numbers.entries()) t.is(listed.find((one) => one.number === number)?.seq, n + 1);
  });

  rule('PUB2 a revision never changes', async (t, world) => {
    const { clock, document, nodes, person, revisions } = world;
    const [publishing] = nodes;
    const owner = await person();
    const id = await document(owner);
    const content = draft("Ünï “code” \u{1f3d4} \\u0000 ' ? $1");
    await publishing.publish(owner.actor, id, { content, seq: 4 });
    const summary = {
      number: 1,
      title: 'The title',
      summary: 'What it is about',
      seq: 4,
      publishedAt: new Date(clock.now()).toISOString(),
      publishedBy: owner.handle,
    };
    const kept = await revisions.get(id, 1);
    t.like(kept, { ...summary, current: true });
    t.deepEqual(kept?.body, content.body as never);
    clock.advance(1_000);
    await publishing.publish(owner.actor, id, { content: draft('other'), seq: 5 });
    t.deepEqual(await revisions.get(id, 1), { ...kept, current: false } as never);
    t.like(await revisions.summary(id, 1), { ...summary, current: false });
    t.deepEqual(JSON.parse((await revisions.body(id, 1)) ?? ''), content.body);
    for (const [one, number] of [
      [id, 3],
      [id, 0],
      [randomUUID(), 1],
    ] as const) {
      t.is(await revisions.get(one, number), undefined);
      t.is(await revisions.summary(one, number), undefined);
      t.is(await revisions.body(one, number), undefined);
    }
  });

  rule('revisions are listed newest first, page by page', async (t, { document, nodes, person, revisions }) => {
    const owner = await person();
    const id = await document(owner);
    for (let seq = 1; seq <= 5; seq += 1) await nodes[0].publish(owner.actor, id, { content: draft('x'), seq });
    const numbers: number[][] = [];
    let before: number | undefined;
    do {
      const page = await revisions.list(id, { limit: 2, before });
      numbers.push(page.revisions.map(({ number }) => number));
      before = page.next;
    } while (before !== undefined);
    t.deepEqual(numbers, [[5, 4], [3, 2], [1]]);
    t.deepEqual(await revisions.list(randomUUID(), { limit: 2, before: undefined }), { revisions: [] });
  });

  rule('PUB3 a draft without a title of its own is published under the document’s', async (t, world) => {
    const { document, documents, nodes, person } = world;
    const owner = await person();
    const id = await document(owner, 'From the list');
    await documents.change(owner.actor, id, { summary: 'About' });
    const made = await nodes[0].publish(owner.actor, id, { content: draft('x', null), seq: 1 });
    t.like(made, { ok: true, revision: { title: 'From the list', summary: 'About' } });
  });

  rule('PUB7 a text that is elsewhere in the draft is refused, and nothing is published', async (t, world) => {
    const { document, nodes, person, revisions } = world;
    const owner = await person();
    const id = await document(owner);
    const content = { ...draft('x'), textElsewhere: ['quill'] };
    t.is(codeOf(await nodes[0].publish(owner.actor, id, { content, seq: 1 })), 'text_elsewhere');
    t.deepEqual(await revisions.state(id), { latest: 0, published: false });
  });

  rule('I5 I6 a user who may not edit changes no publication, and the refusal is audited', async (t, world) => {
    const { clock, document, documents, grant, nodes, person } = world;
    const [publishing] = nodes;
    const [owner, viewer, editor, stranger] = [await person(), await person(), await person(), await person()];
    const id = await document(owner);
    await grant(owner, id, viewer, 'view');
    await grant(owner, id, editor, 'edit');
    const later = new Date(clock.now() + MINUTE_MS);
    for (const [{ actor }, expected] of [
      [viewer, 'read_only'],
      [stranger, 'not_found'],
      [editor, 'ok'],
    ] as const) {
      const outcomes = [
        await publishing.publish(actor, id, { content: draft('x'), seq: 1 }),
        await publishing.unpublish(actor, id),
        await publishing.schedule(actor, id, later),
        await publishing.unschedule(actor, id),
      ];
      t.deepEqual(outcomes.map(codeOf), Array(4).fill(expected));
    }
    const denied = (await eventsOf(world, owner, id)).filter(({ outcome }) => outcome === 'denied');
    t.deepEqual(
      denied.map(({ action, actor }) => [action, actor.userId]),
      ['published', 'unpublished', 'scheduled', 'unscheduled'].map((what) => [`document.${what}`, viewer.userId]),
    );
    await documents.remove(owner.actor, id);
    t.is(codeOf(await publishing.publish(owner.actor, id, { content: draft('x'), seq: 1 })), 'not_found');
  });

  rule('SCHED5 a schedule is replaced and removed, and its time is not in the past', async (t, world) => {
    const { clock, document, documents, nodes, person } = world;
    const [publishing] = nodes;
    const owner = await person();
    const id = await document(owner);
    const at = (minutes: number) => new Date(clock.now() + minutes * MINUTE_MS);
    for (const wrong of [at(0), at(-1), new Date(Number.NaN)]) {
      t.is(codeOf(await publishing.schedule(owner.actor, id, wrong)), 'bad_request');
    }
    const scheduled = async () => (await documents.get(owner.userId, id))?.scheduled?.at ?? null;
    for (const minutes of [5, 1]) {
      t.is(codeOf(await publishing.schedule(owner.actor, id, at(minutes))), 'ok');
      t.is(await scheduled(), at(minutes).toISOString());
    }
    await publishing.publish(owner.actor, id, { content: draft('x'), seq: 1 });
    t.is(await scheduled(), at(1).toISOString(), 'publishing by hand keeps it');
    for (let time = 0; time < 2; time += 1) t.is(codeOf(await publishing.unschedule(owner.actor, id)), 'ok');
    t.is(await scheduled(), null);
    const events = (await eventsOf(world, owner, id)).filter(({ action }) => action.endsWith('scheduled'));
    t.deepEqual(
      events.map(({ action, before, after }) => [action, before, after]),
      [
        ['document.scheduled', undefined, { at: at(5).toISOString() }],
        ['document.scheduled', { at: at(5).toISOString() }, { at: at(1).toISOString() }],
        ['document.unscheduled', { at: at(1).toISOString() }, undefined],
      ],
    );
  });

  rule('I5 HIST4 what a draft is restored to is audited with the position of its edit', async (t, world) => {
    const { document, nodes, person } = world;
    const owner = await person();
    const id = await document(owner);
    for (const restored of [{ revision: 3 }, { position: 12 }]) {
      await nodes[0].reverted(owner.actor, id, restored, 17);
      t.like((await eventsOf(world, owner, id)).at(-1), {
        action: 'document.reverted',
        details: { ...restored, seq: 17 },
      });
    }
  });

  rule(
    'I6 what was or becomes public changes lists; a private document, and the title of a draft, do not',
    async (t, world) => {
      const { document, documents, nodes, person } = world;
      const owner = await person();
      const id = await document(owner);
      let seq = 0;
      const actions = {
        publish: () => nodes[0].publish(owner.actor, id, { content: draft('x'), seq: ++seq }),
        unpublish: () => nodes[0].unpublish(owner.actor, id),
        remove: () => documents.remove(owner.actor, id),
        restore: () => documents.restore(owner.actor, id),
        open: () => documents.change(owner.actor, id, { visibility: 'public' }),
        close: () => documents.change(owner.actor, id, { visibility: 'private' }),
        rename: () => documents.change(owner.actor, id, { slug: `the-name-${randomBytes(4).toString('hex')}` }),
        retitle: () => documents.change(owner.actor, id, { title: randomUUID(), summary: randomUUID() }),
        renameAndRetitle: () =>
          documents.change(owner.actor, id, {
            title: randomUUID(),
            slug: `the-name-${randomBytes(4).toString('hex')}`,
          }),
      };
      const changes = async (...names: (keyof typeof actions)[]) => {
        const found: string[] = [];
        for (const name of names) {
          const done = await actions[name]();
          if (!done.ok) throw new Error(`${name}: ${done.error.code}`);
          if (done.changesLists) found.push(name);
        }
        return found;
      };
      t.deepEqual(await changes('retitle', 'rename', 'open', 'rename', 'close', 'unpublish', 'remove', 'restore'), []);
      t.deepEqual(await changes('publish', 'rename', 'remove', 'restore', 'unpublish', 'publish'), []);
      t.deepEqual(await changes('open', 'open', 'retitle', 'rename', 'renameAndRetitle'), [
        'open',
        'rename',
        'renameAndRetitle',
      ]);
      t.deepEqual(await changes('publish', 'remove', 'restore', 'restore'), ['publish', 'remove', 'restore']);
      t.deepEqual(await changes('unpublish', 'unpublish', 'publish', 'close', 'close'), [
        'unpublish',
        'publish',
        'close',
      ]);
    },
  );

  rule('I6 a private slug, an unknown one and an unpublished one look the same to readers', async (t, world) => {
    const { clock, document, documents, grant, nodes, person, revisions } = world;
    const [publishing] = nodes;
    const [owner, friend, stranger] = [await person(), await person(), await person()];
    const id = await document(owner);
    const [slug, none] = [`the-name-${randomBytes(4).toString('hex')}`, `no-name-${randomBytes(4).toString('hex')}`];
    await grant(owner, id, friend, 'view');
    await documents.change(owner.actor, id, { slug });
    const pages = async () =>
      (
        await Promise.all([
          revisions.published(slug),
          revisions.published(slug, stranger.userId),
          revisions.published(slug, friend.userId),
          revisions.published(none, friend.userId),
        ])
      ).map((page) => page?.revision);
    const checked = async () => {
      const users = [undefined, stranger.userId, friend.userId];
      const found = users.map((userId) => revisions.publishedWithoutBody(slug, userId));
      found.push(revisions.publishedWithoutBody(none, friend.userId));
      return (await Promise.all(found)).map((page) => page?.revision);
    };
    const asked = [stranger, friend].flatMap(({ userId }) => [slug, none].map((one) => ({ slug: one, userId })));
    const states = async () => (await revisions.states(asked)).map((state) => state?.revision);
    const seen = async () => {
      const found = await pages();
      t.deepEqual(await checked(), found, 'with and without the text');
      return [found, await states()];
    };
    const nothing = Array(4).fill(undefined);
    t.deepEqual(await seen(), [nothing, nothing], 'not published');
    const first = clock.now();
    await publishing.publish(owner.actor, id, { content: draft('one'), seq: 1 });
    t.deepEqual(await seen(), [
      [undefined, undefined, 1, undefined],
      [undefined, undefined, 1, undefined],
    ]);
    clock.advance(1_000);
    await publishing.publish(owner.actor, id, { content: draft('two'), seq: 2 });
    await documents.change(owner.actor, id, { visibility: 'public' });
    const open = [
      [2, 2, 2, undefined],
      [2, undefined, 2, undefined],
    ];
    t.deepEqual(await seen(), open);
    t.deepEqual((await revisions.states(asked.slice(0, 1)))[0], { documentId: id, slug, revision: 2, live: false });
    const { body, ...rest } = (await revisions.published(slug)) ?? {};
    t.deepEqual(await revisions.publishedWithoutBody(slug), rest as FoundPage);
    t.deepEqual(JSON.parse((await revisions.body(id, 2)) ?? ''), body);
    t.like(await revisions.published(slug), {
      documentId: id,
      slug,
      author: owner.handle,
      body: draft('two').body,
      firstPublishedAt: new Date(first).toISOString(),
      publishedAt: new Date(clock.now()).toISOString(),
      visibility: 'public',
      live: false,
    });
    await documents.remove(owner.actor, id);
    t.deepEqual(await seen(), [nothing, nothing], 'deleted');
    t.is(await revisions.state(id), undefined);
    await documents.restore(owner.actor, id);
    t.deepEqual(await seen(), open);
    await publishing.unpublish(owner.actor, id);
    t.deepEqual(await seen(), [nothing, nothing]);
    t.deepEqual(await revisions.state(id), { latest: 2, published: false });
    t.is(codeOf(await publishing.unpublish(owner.actor, id)), 'ok', 'again: as it is');
  });
}
