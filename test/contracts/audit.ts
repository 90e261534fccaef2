// What every implementation of the port of the audit trail does: the events of a document, newest first, each once.
import { randomUUID } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import type { Actor } from '../../src/ports/actor.ts';
import type { AuditTrail } from '../../src/ports/audit.ts';
import type { DocumentStore } from '../../src/ports/documents.ts';
import type { People } from '../support/people.ts';
import { rulesOf } from './rules.ts';

export interface AuditWorld extends People {
  readonly trail: AuditTrail;
  readonly documents: DocumentStore;
}

export function auditContract(test: TestFn, name: string, worldOf: (t: ExecutionContext) => Promise<AuditWorld>): void {
  const rule = rulesOf(test, `audit, ${name}`, worldOf);

  rule('I5 the events of a document are read newest first, page by page, each once', async (t, world) => {
    const { document, grant, person, trail } = world;
    const owner = await person();
    const id = await document(owner);
    const other = await document(owner);
    for (let n = 0; n < 7; n += 1) await grant(owner, id, await person(), 'view');
    const all = await trail.ofDocument(id, { limit: 100, after: undefined }, owner);
    t.is(all.next, undefined);
    t.deepEqual(
      all.events.map(({ action }) => action),
      [...Array.from({ length: 7 }, () => 'grant.set'), 'document.created'],
    );
    t.like(all.events.at(-1), {
      outcome: 'ok',
      actor: { kind: 'user', handle: owner.handle, userId: owner.userId, sessionId: owner.sessionId },
    });
    t.deepEqual(
      all.events.map(({ at }) => at),
      all.events
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await trail.ofDocument(id, { limit: 3, after }, owner);
      t.true(page.events.length <= 3);
      seen.push(...page.events.map((event) => event.id));
      after = page.next;
    } while (after !== undefined);
    t.deepEqual(
      seen,
      all.events.map((event) => event.id),
    );
    // A cursor of another document, or of nothing, shows nothing.
    const [foreign] = (await trail.ofDocument(other, { limit: 1, after: undefined }, owner)).events;
    for (const cursor of [foreign?.id, randomUUID(), 'ffffffff-ffff-ffff-ffff-ffffffffffff']) {
      t.deepEqual((await trail.ofDocument(id, { limit: 3, after: cursor }, owner)).events, []);
    }
    t.deepEqual(await trail.ofDocument(randomUUID(), { limit: 3, after: undefined }, owner), { events: [] });
  });

  rule('I6 address and user agent are shown of the reader’s own events alone', async (t, world) => {
    const { document, documents, grant, person, trail } = world;
    const [owner, editor] = [await person(), await person()];
    const id = await document(owner);
    await grant(owner, id, editor, 'edit');
    const from = (actor: Actor, ip: string): Actor => ({ ...actor, ip, userAgent: `agent of ${ip}`, surface: 'api' });
    await documents.change(from(owner.actor, '192.0.2.1'), id, { title: 'One' });
    await documents.change(from(editor.actor, '192.0.2.2'), id, { title: 'Two' });
    const shown = async (reader: typeof owner) =>
      (await trail.ofDocument(id, { limit: 2, after: undefined }, reader)).events.map(({ actor }) => [
        actor.handle,
        actor.ip,
        actor.userAgent,
        actor.surface,
      ]);
    const [own, others] = [
      (who: typeof owner, ip: string) => [who.handle, ip, `agent of ${ip}`, 'api'],
      (who: typeof owner) => [who.handle, undefined, undefined, 'api'],
    ];
    t.deepEqual(await shown(owner), [others(editor), own(owner, '192.0.2.1')]);
    t.deepEqual(await shown(editor), [own(editor, '192.0.2.2'), others(owner)]);
    t.deepEqual(await shown(await person()), [others(editor), others(owner)]);
  });

  rule('I5 an event has what was before and after, and who was refused', async (t, world) => {
    const { document, documents, grant, person, trail } = world;
    const [owner, viewer] = [await person(), await person()];
    const id = await document(owner, 'Before');
    await grant(owner, id, viewer, 'view');
    await documents.change(viewer.actor, id, { title: 'Mine' });
    await documents.change(owner.actor, id, { title: 'After' });
    const { events } = await trail.ofDocument(id, { limit: 2, after: undefined }, owner);
    t.like(events[0], { action: 'document.changed', before: { title: 'Before' }, after: { title: 'After' } });
    t.like(events[1], { action: 'document.changed', outcome: 'denied', actor: { userId: viewer.userId } });
    t.is(events[1]?.before, undefined);
  });
}
