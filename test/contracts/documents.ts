// What every implementation of the port of documents does: who sees and changes what, deleting with a way back, and lists.
import { randomBytes, randomUUID } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import type { Document, DocumentPatch } from '../../schemas/http.ts';
import type { AccessPort } from '../../src/ports/access.ts';
import type { AuditTrail } from '../../src/ports/audit.ts';
import type { DocumentFilters, DocumentStore } from '../../src/ports/documents.ts';
import type { PublicationStore } from '../../src/ports/publishing.ts';
import type { RevisionStore } from '../../src/ports/revisions.ts';
import { codeOf } from '../support/outcome.ts';
import type { People, Person } from '../support/people.ts';
import { rulesOf } from './rules.ts';

export interface DocumentsWorld extends People {
  readonly documents: DocumentStore;
  readonly access: AccessPort;
  readonly publishing: PublicationStore;
  readonly revisions: RevisionStore;
  readonly trail: AuditTrail;
}

const DAY_MS = 86_400_000;
const ALL = { limit: 50, after: undefined };

export function documentsContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<DocumentsWorld>,
): void {
  const rule = rulesOf(test, `documents, ${name}`, worldOf);
  /** A slug that no other rule uses: public ones are everybody's. */
  const slugOf = (word: string) => `${word}-${randomBytes(4).toString('hex')}`;
  const publish = ({ publishing }: DocumentsWorld, { actor }: Person, id: string) =>
    publishing.publish(actor, id, { content: { title: 'A', summary: '', body: { type: 'doc', content: [] } }, seq: 0 });
  /** The events of a document whose actions begin with a word, oldest first. */
  async function eventsOf({ trail }: DocumentsWorld, reader: Person, id: string, begin = 'document.') {
    const { events } = await trail.ofDocument(id, { limit: 100, after: undefined }, reader);
    return events.filter(({ action }) => action.startsWith(begin)).toReversed();
  }
  const titles = (documents: readonly Document[]) => documents.map(({ title }) => title);

  rule(
    'DOC1 a new document gets a slug from its title, one of its own, and keeps one that was asked for',
    async (t, world) => {
      const { documents, person } = world;
      const owner = await person();
      const create = (slug?: string) =>
        documents.create(owner.actor, owner.handle, { title: 'Same title', ...(slug !== undefined && { slug }) });
      const made = await Promise.all(Array.from({ length: 10 }, () => create()));
      const slugs = made.map((outcome) => (outcome.ok ? outcome.document.slug : ''));
      t.is(new Set(slugs).size, 10);
      t.true(slugs.every((slug) => /^same-title(-\d+)?$/.test(slug)));
      t.deepEqual([codeOf(await create('mine')), codeOf(await create('mine'))], ['ok', 'slug_taken']);
      await t.throwsAsync(create('Not-A-Slug'));
      t.is((await documents.list(owner.userId, ALL)).documents.length, 11, 'what was refused left nothing');
    },
  );

  rule('DOC2 a new document is its maker’s, and is returned as a later read returns it', async (t, world) => {
    const { access, documents, person } = world;
    const owner = await person();
    const made = await documents.create(owner.actor, owner.handle, {
      title: 'A lone \ud800 and \0',
      summary: 'About',
      visibility: 'public',
    });
    if (!made.ok) return t.fail(made.error.code);
    t.deepEqual(await documents.get(owner.userId, made.document.id), made.document);
    t.like(made.document, {
      title: 'A lone \ufffd and \ufffd',
      summary: 'About',
      role: 'own',
      owner: owner.handle,
      visibility: 'public',
      live: false,
      published: null,
      scheduled: null,
    });
    t.is(await access.roleOf(owner.userId, made.document.id), 'own');
  });

  rule('I6 a document without a grant is not found, as a missing one', async (t, world) => {
    const { document, documents, person } = world;
    const [owner, stranger] = [await person(), await person()];
    const id = await document(owner);
    for (const one of [id, randomUUID()]) {
      t.is(await documents.get(stranger.userId, one), undefined);
      t.is(codeOf(await documents.change(stranger.actor, one, { title: 'Mine' })), 'not_found');
      t.is(codeOf(await documents.remove(stranger.actor, one)), 'not_found');
      t.is(codeOf(await documents.restore(stranger.actor, one)), 'not_found');
    }
    t.deepEqual((await documents.list(stranger.userId, ALL)).documents, []);
  });

  rule(
    'DOC3 I5 editors change title, summary, language and whether it is live, owners everything else, and each change is audited',
    async (t, world) => {
      const { document, documents, grant, person } = world;
      const [owner, editor, viewer] = [await person(), await person(), await person()];
      const id = await document(owner);
      const other = await document(owner);
      await grant(owner, id, editor, 'edit');
      await grant(owner, id, viewer, 'view');
      const change = async (who: Person, asked: DocumentPatch) => codeOf(await documents.change(who.actor, id, asked));
      const slug = slugOf('the-name');
      t.is(await change(editor, { title: 'New', summary: '' }), 'ok');
      t.is(await change(editor, { title: 'New' }), 'ok', 'as it is: no event');
      t.is(await change(editor, { title: 'Mine', slug: 'mine' }), 'forbidden');
      t.is(await change(editor, { visibility: 'public' }), 'forbidden');
      t.is(await change(editor, { live: true, language: 'de' }), 'ok');
      t.is(await change(viewer, { live: false }), 'read_only');
      t.is(await change(viewer, { title: 'Mine' }), 'read_only');
      t.is(await change(owner, { slug, visibility: 'public' }), 'ok');
      t.is(codeOf(await documents.change(owner.actor, other, { slug, title: 'Lost' })), 'slug_taken');
      t.like(await documents.get(owner.userId, other), { title: 'A title' });
      t.like(await documents.get(owner.userId, id), { title: 'New', slug, visibility: 'public' });
      t.deepEqual(
        (await eventsOf(world, owner, id, 'document.changed')).map(({ outcome, before, after }) => [
          outcome,
          before,
          after,
        ]),
        [
          ['ok', { slug: 'a-title', title: 'A title' }, { slug: 'new', title: 'New' }],
          ['denied', undefined, undefined],
          ['denied', undefined, undefined],
          ['ok', { live: false, language: null }, { live: true, language: 'de' }],
          ['denied', undefined, undefined],
          ['denied', undefined, undefined],
          [
            'ok',
            { slug: 'new', visibility: 'private', slugFollowsTitle: true },
            { slug, visibility: 'public', slugFollowsTitle: false },
          ],
        ],
      );
      t.deepEqual(await eventsOf(world, owner, other, 'document.changed'), []);
    },
  );

  rule(
    'DOC4 I6 a deleted document is gone for everybody, and its owner can restore it within 30 days',
    async (t, world) => {
      const { access, clock, document, documents, grant, person } = world;
      const [owner, friend] = [await person(), await person()];
      const id = await document(owner);
      await grant(owner, id, friend, 'edit');
      t.is(codeOf(await documents.remove(friend.actor, id)), 'forbidden');
      const byUser = ({ userId: a }: { userId: string }, { userId: b }: { userId: string }) => a.localeCompare(b);
      const notices = (levels: [Person, 'own' | 'edit' | null][]) =>
        levels
          .map(([{ userId }, role]) => ({ userId, change: { kind: 'access', documentId: id, role } as const }))
          .toSorted(byUser);
      const removed = await documents.remove(owner.actor, id);
      if (!removed.ok) return t.fail(removed.error.code);
      t.deepEqual(
        removed.changes.toSorted(byUser),
        notices([
          [owner, null],
          [friend, null],
        ]),
      );
      t.is(codeOf(await documents.remove(owner.actor, id)), 'not_found');
      t.is(codeOf(await documents.change(owner.actor, id, { title: 'x' })), 'not_found');
      for (const { userId } of [owner, friend]) {
        t.is(await access.roleOf(userId, id), null);
        t.is(await documents.get(userId, id), undefined);
        t.deepEqual((await documents.list(userId, ALL)).documents, []);
      }
      const deleted = async ({ userId }: Person) =>
        (await documents.list(userId, { ...ALL, state: 'deleted' })).documents.map((one) => [one.id, one.deletedAt]);
      t.deepEqual(await deleted(owner), [[id, new Date(clock.now()).toISOString()]]);
      t.deepEqual(await deleted(friend), []);

      clock.advance(30 * DAY_MS - 1);
      t.is(codeOf(await documents.restore(friend.actor, id)), 'not_found');
      const restored = await documents.restore(owner.actor, id);
      if (!restored.ok) return t.fail(restored.error.code);
      t.deepEqual(
        restored.changes.toSorted(byUser),
        notices([
          [owner, 'own'],
          [friend, 'edit'],
        ]),
      );
      t.is(await access.roleOf(friend.userId, id), 'edit');
      t.deepEqual(await documents.restore(owner.actor, id), { ok: true, changes: [], changesLists: false });
      t.deepEqual(
        (await eventsOf(world, owner, id)).map(({ action, outcome }) => `${action} ${outcome}`),
        ['document.created ok', 'document.deleted denied', 'document.deleted ok', 'document.restored ok'],
      );
      await documents.remove(owner.actor, id);
      clock.advance(30 * DAY_MS);
      t.is(codeOf(await documents.restore(owner.actor, id)), 'not_found', 'too late');
    },
  );

  rule('DOC6 lists are filtered by state, visibility and level, newest first', async (t, world) => {
    const { clock, document, documents, grant, person, publishing } = world;
    const [owner, other] = [await person(), await person()];
    const ids: Record<string, string> = {};
    for (const name of ['plain', 'published', 'scheduled', 'public', 'shared', 'deleted']) {
      clock.advance(1_000);
      ids[name] = await document(name === 'shared' ? other : owner, name);
    }
    const { published = '', scheduled = '', shared = '', deleted = '' } = ids;
    await grant(other, shared, owner, 'view');
    await documents.change(owner.actor, ids.public ?? '', { visibility: 'public' });
    await documents.remove(owner.actor, deleted);
    const content = { title: null, summary: '', body: { type: 'doc' as const, content: [] } };
    await publishing.publish(owner.actor, published, { content, seq: 0 });
    await publishing.schedule(owner.actor, scheduled, new Date(clock.now() + 60_000));
    const list = async (filter: DocumentFilters) =>
      titles((await documents.list(owner.userId, { ...ALL, ...filter })).documents);
    t.deepEqual(await list({}), ['shared', 'public', 'scheduled', 'published', 'plain']);
    t.deepEqual(await list({ state: 'published' }), ['published']);
    t.deepEqual(await list({ state: 'draft' }), ['shared', 'public', 'scheduled', 'plain']);
    t.deepEqual(await list({ state: 'scheduled' }), ['scheduled']);
    t.deepEqual(await list({ state: 'deleted' }), ['deleted']);
    t.deepEqual(await list({ visibility: 'public' }), ['public']);
    t.deepEqual(await list({ role: 'view' }), ['shared']);
    t.deepEqual(await list({ role: 'own', state: 'draft', visibility: 'private' }), ['scheduled', 'plain']);
  });

  rule('DOC6 pages of a list have each document once, also those that were made at one moment', async (t, world) => {
    const { clock, document, documents, person } = world;
    const owner = await person();
    const made: string[] = [];
    for (let n = 0; n < 7; n += 1) {
      if (n % 3 === 0) clock.advance(1_000);
      made.push(await document(owner, `Document ${n}`));
    }
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await documents.list(owner.userId, { limit: 2, after });
      t.true(page.documents.length <= 2);
      seen.push(...page.documents.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    t.deepEqual(seen.toSorted(), made.toSorted());
    t.deepEqual(
      seen,
      (await documents.list(owner.userId, ALL)).documents.map(({ id }) => id),
    );
  });

  rule(
    'DOC9 I6 the slug of a document that a user may not see is free for them, until one of the two is public',
    async (t, world) => {
      const { documents, person, publishing, revisions } = world;
      const [ann, ben] = [await person(), await person()];
      const slug = slugOf('secret-merger');
      const create = async (who: Person, visibility: 'public' | 'private') => {
        const made = await documents.create(who.actor, who.handle, { title: 'A', slug, visibility });
        if (!made.ok) throw new Error(made.error.code);
        return made.document.id;
      };
      const hidden = await create(ann, 'private');
      t.is(codeOf(await publish(world, ann, hidden)), 'ok', 'for those whom it is shared with');
      const other = await create(ben, 'public');
      const third = await documents.create(ben.actor, ben.handle, { title: 'B' });
      if (!third.ok) return t.fail(third.error.code);
      t.is(codeOf(await documents.change(ann.actor, hidden, { summary: 'x' })), 'ok');
      t.is(codeOf(await documents.change(ben.actor, third.document.id, { slug })), 'slug_taken', 'of ben');
      t.is((await revisions.published(slug, ann.userId))?.documentId, hidden);
      t.is(await revisions.published(slug, ben.userId), undefined);

      t.is(codeOf(await publish(world, ben, other)), 'ok');
      t.is((await revisions.published(slug, ben.userId))?.documentId, other);
      t.is((await revisions.published(slug, ann.userId))?.documentId, other, 'what everybody sees comes first');
      t.like((await revisions.states([{ slug, userId: ann.userId }]))[0], { documentId: other });
      t.is(codeOf(await documents.change(ann.actor, hidden, { visibility: 'public' })), 'slug_taken');
      t.is((await documents.get(ann.userId, hidden))?.visibility, 'private');

      t.is(codeOf(await publishing.unpublish(ben.actor, other)), 'ok');
      t.is(codeOf(await documents.change(ann.actor, hidden, { visibility: 'public' })), 'ok');
      t.is(codeOf(await publish(world, ben, other)), 'slug_taken');
      t.is(codeOf(await documents.remove(ann.actor, hidden)), 'ok');
      t.is(codeOf(await publish(world, ben, other)), 'ok');
      t.is(codeOf(await documents.restore(ann.actor, hidden)), 'slug_taken');
    },
  );
}
