// What every implementation of the port of schedules does: what is due is claimed by one node at a time, and given up on the record.
import type { ExecutionContext, TestFn } from 'ava';
import type { AuditTrail } from '../../src/ports/audit.ts';
import type { PublicationStore } from '../../src/ports/publishing.ts';
import type { ScheduleStore } from '../../src/ports/schedules.ts';
import { codeOf } from '../support/outcome.ts';
import type { People, Person } from '../support/people.ts';
import { rulesOf } from './rules.ts';

export interface SchedulesWorld extends People {
  /** As nodes have it. No other schedules are in the database. */
  readonly nodes: readonly [ScheduleStore, ScheduleStore];
  readonly publishing: PublicationStore;
  readonly trail: AuditTrail;
  /** The id of an API token of the user. */
  token(user: Person): Promise<string>;
}

const MINUTE_MS = 60_000;
/** Of the first attempt; each further one has twice as long. */
const LEASE_MS = 5_000;

export function schedulesContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<SchedulesWorld>,
): void {
  const rule = rulesOf(test, `schedules, ${name}`, worldOf);

  /** Documents that are due in some minutes each, in this order. */
  async function due({ clock, document, person, publishing }: SchedulesWorld, minutes: readonly number[]) {
    const owner = await person();
    const documents: string[] = [];
    for (const inMinutes of minutes) {
      const id = await document(owner);
      const outcome = await publishing.schedule(owner.actor, id, new Date(clock.now() + inMinutes * MINUTE_MS));
      if (!outcome.ok) throw new Error(outcome.error.code);
      documents.push(id);
    }
    return { owner, documents };
  }
  async function clear({ nodes, clock }: SchedulesWorld): Promise<void> {
    clock.advance(86_400_000);
    for (const schedule of await nodes[0].claimDue(1_000)) await nodes[0].giveUp(schedule, 'cleared');
  }

  rule('SCHED1 what is due is claimed, the longest overdue first, at most so many', async (t, world) => {
    const { documents } = await due(world, [3, 1, 2, 9]);
    const claim = async (limit: number) => (await world.nodes[0].claimDue(limit)).map(({ documentId }) => documentId);
    t.deepEqual(await claim(10), [], 'nothing before its time');
    world.clock.advance(3 * MINUTE_MS);
    const [three, one, two] = documents;
    t.deepEqual(await claim(2), [one, two]);
    t.deepEqual(await claim(2), [three]);
    t.deepEqual(await claim(2), []);
    await clear(world);
  });

  rule('SCHED1 nodes that claim at once claim each schedule once', async (t, world) => {
    const { documents } = await due(
      world,
      Array.from({ length: 20 }, () => 1),
    );
    world.clock.advance(MINUTE_MS);
    const claims = await Promise.all(Array.from({ length: 6 }, (_, n) => world.nodes[n % 2 === 0 ? 0 : 1].claimDue(7)));
    const rest = await world.nodes[0].claimDue(50);
    t.deepEqual([...claims.flat(), ...rest].map(({ documentId }) => documentId).toSorted(), documents.toSorted());
    await clear(world);
  });

  rule('SCHED4 a claim is a lease that doubles with each attempt, and any node takes over', async (t, world) => {
    const { documents } = await due(world, [1]);
    world.clock.advance(MINUTE_MS);
    for (const [attempt, lease] of [LEASE_MS, 2 * LEASE_MS, 4 * LEASE_MS].entries()) {
      const [node, other] = attempt % 2 === 0 ? world.nodes : world.nodes.toReversed();
      const [claimed] = (await node?.claimDue(1)) ?? [];
      t.like(claimed, { documentId: documents[0], attempts: attempt + 1 });
      world.clock.advance(lease - 1);
      t.deepEqual(await other?.claimDue(1), []);
      world.clock.advance(1);
    }
    await clear(world);
  });

  rule('SCHED3 a schedule is published under the name, and the credential, of who set it', async (t, world) => {
    const { owner, documents } = await due(world, [1]);
    const tokenId = await world.token(owner);
    const byToken = await world.document(owner);
    const actor = { kind: 'token', userId: owner.userId, tokenId } as const;
    await world.publishing.schedule(actor, byToken, new Date(world.clock.now() + 2 * MINUTE_MS));
    world.clock.advance(2 * MINUTE_MS);
    t.deepEqual(
      (await world.nodes[0].claimDue(5)).map((claimed) => [claimed.documentId, claimed.actor]),
      [
        [documents[0], { kind: 'user', userId: owner.userId, sessionId: owner.sessionId }],
        [byToken, actor],
      ],
    );
    await clear(world);
  });

  rule('SCHED3 a schedule that is given up is gone, once, and the audit trail says why', async (t, world) => {
    const { owner, documents } = await due(world, [1]);
    const [id = ''] = documents;
    world.clock.advance(MINUTE_MS);
    const [claimed] = await world.nodes[0].claimDue(1);
    if (!claimed) return t.fail();
    await Promise.all(world.nodes.map((node) => node.giveUp(claimed, 'read_only')));
    world.clock.advance(86_400_000);
    t.deepEqual(await world.nodes[1].claimDue(5), []);
    const { events } = await world.trail.ofDocument(id, { limit: 10, after: undefined }, owner);
    const given = events.filter(({ action }) => action === 'document.unscheduled');
    t.is(given.length, 1);
    t.like(given[0], {
      outcome: 'failed',
      actor: { kind: 'system' },
      details: { reason: 'read_only', attempts: 1, scheduledBy: owner.userId },
    });
  });

  rule(
    'SCHED5 a new time replaces one that is being tried, and giving up the old one leaves the new',
    async (t, world) => {
      const { owner, documents } = await due(world, [1]);
      const [id = ''] = documents;
      world.clock.advance(MINUTE_MS);
      const [old] = await world.nodes[0].claimDue(1);
      if (!old) return t.fail();
      const again = new Date(world.clock.now() + MINUTE_MS);
      t.is(codeOf(await world.publishing.schedule(owner.actor, id, again)), 'ok');
      await world.nodes[0].giveUp(old, 'late');
      const content = { title: null, summary: '', body: { type: 'doc', content: [] } } as const;
      const late = { content: { ...content, body: { ...content.body, content: [] } }, seq: 0, scheduleId: old.id };
      t.is(codeOf(await world.publishing.publish(old.actor, id, late)), 'conflict', 'the old one publishes nothing');
      t.deepEqual(await world.nodes[1].claimDue(1), [], 'not before the new time');
      world.clock.advance(MINUTE_MS);
      const [claimed] = await world.nodes[1].claimDue(1);
      t.like(claimed, { documentId: id, attempts: 1 });
      t.not(claimed?.id, old.id);
      await clear(world);
    },
  );
}
