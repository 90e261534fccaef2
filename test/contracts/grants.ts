// What every implementation of the port of grants does: who may view, edit or own a document, and that it keeps an owner.
import { randomUUID } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import type { Role } from '../../schemas/realtime.ts';
import type { AccessPort } from '../../src/ports/access.ts';
import type { DocumentStore } from '../../src/ports/documents.ts';
import type { GrantChangeResult, GrantStore } from '../../src/ports/grants.ts';
import { codeOf } from '../support/outcome.ts';
import type { People, Person } from '../support/people.ts';
import { rulesOf } from './rules.ts';

export interface GrantsWorld extends People {
  /** As two nodes have it. */
  readonly grants: readonly [GrantStore, GrantStore];
  readonly access: AccessPort;
  readonly documents: DocumentStore;
}

export function grantsContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<GrantsWorld>,
): void {
  const rule = rulesOf(test, `grants, ${name}`, worldOf);
  const noticeOf = ({ userId }: Person, documentId: string, role: Role | null): GrantChangeResult => ({
    ok: true,
    changes: [{ userId, change: { kind: 'access', documentId, role } }],
  });

  /** An owner, another user, and a document of the owner. */
  async function scene(world: GrantsWorld) {
    const [owner, other, third] = [await world.person('a'), await world.person('b'), await world.person('c')];
    const documentId = await world.document(owner);
    const [grants] = world.grants;
    const of = ({ handle }: { handle: string }) => ({ documentId, handle });
    return {
      documentId,
      grants,
      other,
      owner,
      third,
      levels: () => grants.list(documentId),
      put: (by: Person, who: Person, level: Role, at = grants) => at.put(by.actor, of(who), level),
      remove: (by: Person, who: Person, at = grants) => at.remove(by.actor, of(who)),
    };
  }

  rule('I6 each change of a level is in effect when it is answered, and names the user', async (t, world) => {
    const { documentId, levels, other, owner, put, remove } = await scene(world);
    for (const level of ['view', 'edit', 'own', 'edit'] as const) {
      t.deepEqual(await put(owner, other, level), noticeOf(other, documentId, level));
      t.is(await world.access.roleOf(other.userId, documentId), level);
      t.deepEqual(await put(owner, other, level), { ok: true, changes: [] }, 'as it is');
    }
    t.deepEqual(
      await levels(),
      [
        { handle: owner.handle, level: 'own' },
        { handle: other.handle, level: 'edit' },
      ],
      'by handle',
    );
    t.deepEqual(await remove(owner, other), noticeOf(other, documentId, null));
    t.is(await world.access.roleOf(other.userId, documentId), null);
    t.is(codeOf(await remove(owner, other)), 'not_found', 'no grant to remove');
  });

  rule('only owners change access, but everybody may leave', async (t, world) => {
    const { documentId, levels, other, owner, put, remove, third } = await scene(world);
    await put(owner, other, 'edit');
    const before = await levels();
    for (const who of [owner, other, third]) t.is(codeOf(await put(other, who, 'own')), 'forbidden', who.handle);
    for (const who of [owner, third]) t.is(codeOf(await remove(other, who)), 'forbidden', who.handle);
    t.deepEqual(await levels(), before);
    t.deepEqual(await remove(other, other), noticeOf(other, documentId, null));
  });

  rule('I6 a user without a grant gets the answer of a missing document', async (t, world) => {
    const { grants, levels, other, owner, put, remove, third } = await scene(world);
    t.is(codeOf(await put(third, other, 'view')), 'not_found');
    t.is(codeOf(await remove(third, owner)), 'not_found');
    t.is(codeOf(await remove(third, third)), 'not_found');
    const missing = { documentId: randomUUID(), handle: other.handle };
    t.is(codeOf(await grants.put(owner.actor, missing, 'view')), 'not_found');
    t.is(codeOf(await grants.remove(owner.actor, missing)), 'not_found');
    t.deepEqual(await grants.list(missing.documentId), []);
    t.deepEqual(await levels(), [{ handle: owner.handle, level: 'own' }]);
  });

  rule('an unknown handle is not found', async (t, world) => {
    const { documentId, grants, levels, owner } = await scene(world);
    for (const handle of ['nobody-at-all', 'UPPER', '', "'; drop table grants; --"]) {
      t.is(codeOf(await grants.put(owner.actor, { documentId, handle }, 'view')), 'not_found', handle);
      t.is(codeOf(await grants.remove(owner.actor, { documentId, handle })), 'not_found', handle);
    }
    t.is((await levels()).length, 1);
  });

  rule('the last owner can neither leave nor step down', async (t, world) => {
    const { documentId, other, owner, put, remove } = await scene(world);
    await put(owner, other, 'edit');
    t.is(codeOf(await remove(owner, owner)), 'conflict');
    for (const level of ['edit', 'view'] as const) t.is(codeOf(await put(owner, owner, level)), 'conflict');
    t.is(await world.access.roleOf(owner.userId, documentId), 'own');
  });

  rule('when the owner leaves or steps down, the document goes to another user of level own', async (t, world) => {
    for (const leaves of [true, false]) {
      const { documentId, other, owner, put, remove, third } = await scene(world);
      await put(owner, third, 'edit');
      await put(owner, other, 'own');
      t.like(await world.documents.get(other.userId, documentId), { owner: owner.handle });
      t.is(codeOf(leaves ? await remove(owner, owner) : await put(owner, owner, 'view')), 'ok');
      t.like(await world.documents.get(other.userId, documentId), { owner: other.handle });
    }
  });

  rule('two owners who remove each other at once leave one', async (t, world) => {
    for (let round = 0; round < 10; round += 1) {
      const { levels, other, owner, put, remove } = await scene(world);
      await put(owner, other, 'own');
      const both = await Promise.all([remove(owner, other, world.grants[0]), remove(other, owner, world.grants[1])]);
      t.deepEqual(both.map(codeOf).toSorted(), ['not_found', 'ok']);
      t.deepEqual(
        (await levels()).map(({ level }) => level),
        ['own'],
      );
    }
  });

  rule('two owners who leave at once leave one', async (t, world) => {
    for (let round = 0; round < 10; round += 1) {
      const { levels, other, owner, put, remove } = await scene(world);
      await put(owner, other, 'own');
      const both = await Promise.all([remove(owner, owner, world.grants[0]), remove(other, other, world.grants[1])]);
      t.deepEqual(both.map(codeOf).toSorted(), ['conflict', 'ok']);
      t.deepEqual(
        (await levels()).map(({ level }) => level),
        ['own'],
      );
    }
  });

  rule('DOC4 a deleted document has no grants that could be seen or changed', async (t, world) => {
    const { documentId, levels, other, owner, put, remove } = await scene(world);
    await put(owner, other, 'edit');
    await world.documents.remove(owner.actor, documentId);
    t.deepEqual(await levels(), []);
    t.is(codeOf(await put(owner, other, 'view')), 'not_found');
    t.is(codeOf(await remove(other, other)), 'not_found');
    await world.documents.restore(owner.actor, documentId);
    t.is((await levels()).length, 2, 'they are there again once it is restored');
  });
}
