/**
 * The documents that this node holds, or is about to hold: starts their supervisors, hands requests to them, and answers
 * what they leave unanswered. Knows nothing of other nodes: `router.ts` decides where a request belongs.
 */
import { performance } from 'node:perf_hooks';
import { type AnyActorRef, fromPromise } from 'xstate';
import { failure } from '../../../schemas/errors.ts';
import { Mailbox } from '../supervision/mailbox.ts';
import type { NodeSupervisor } from '../supervision/node-supervisor.ts';
import { type RestartPolicy, type SupervisorInput, supervisorOf } from '../supervision/supervisor.ts';
import { type DocumentEvent, type DocumentInput, documentMachine, type Live } from './document-machine.ts';
import type { DocumentAnswer, DocumentPorts, DocumentRequest } from './ports.ts';
import { Refusal } from './refusal.ts';
import { LiveDocument } from './resident-document.ts';
import { DOCUMENT_STATES, type DocumentState, stateOf } from './states.ts';

/** One document in the tree. */
interface Held {
  readonly mailbox: Mailbox<DocumentAnswer>;
  ref: AnyActorRef | undefined;
  live: LiveDocument | undefined;
  /** Open while the document serves: requests go straight in, instead of through two state charts (about 20 µs each). */
  lane: Live | undefined;
  readonly refusal: Refusal;
  /** Those who wait until it has left the tree. */
  readonly gone: (() => void)[];
}

export interface Documents {
  /** True when the document is in this node's tree: held, or being claimed. */
  has(documentId: string): boolean;
  /** Starts claiming a document; a no-op when it is in the tree, or when this node drains. */
  start(documentId: string, observedEpoch: number): void;
  /** Hands a request over; it is answered exactly once. `reopen` when the document is not here. */
  deliver(documentId: string, request: DocumentRequest): void;
  leave(documentId: string, node: string, connection: string): void;
  /** Notes that a node still has participants; the position, or undefined when the document is not live here. */
  renew(documentId: string, node: string): { epoch: number; seq: number } | undefined;
  count(): number;
  /** Documents whose appends the database refuses. */
  refusedCount(): number;
  /** How many documents are in each state. */
  states(): ReadonlyMap<DocumentState, number>;
  /** From now on nothing is started here; what is held serves until it is handed over or drained. */
  beginDrain(): void;
  /**
   * While this node drains: puts a document away because another node asks for it. Resolves when it may be claimed; false
   * when this node does not drain.
   */
  handOver(documentId: string): Promise<boolean>;
  /** Puts every document away; resolves when all have left the tree. */
  drain(): Promise<void>;
}

export function createDocuments(ports: DocumentPorts, node: NodeSupervisor, policy: RestartPolicy): Documents {
  const { journal, limits, metrics, clock, log } = ports;
  const held = new Map<string, Held>();
  let draining = false;

  const logic = supervisorOf<DocumentEvent>(
    documentMachine.provide({
      actors: {
        claim: fromPromise(async ({ input }) => {
          const claimed = await journal.claim(input.documentId, input.observedEpoch);
          if (claimed) {
            metrics.claimed();
            log.info({ documentId: input.documentId, epoch: claimed.epoch }, 'document claimed');
          }
          return claimed;
        }),
        load: fromPromise(({ input }) => journal.load(input.documentId)),
        putAway: fromPromise(async ({ input: { documentId, held: claim, live, toRest } }) => {
          await live?.flush(toRest);
          if (claim) await journal.release(documentId, claim.epoch);
        }),
      },
    }),
  );

  function start(documentId: string, observedEpoch: number): void {
    if (draining || held.has(documentId)) return;
    const entry: Held = {
      mailbox: new Mailbox<DocumentAnswer>(limits.maxMailbox),
      ref: undefined,
      live: undefined,
      lane: undefined,
      refusal: new Refusal({ documentId, journal, metrics, now: () => performance.now(), log }),
      gone: [],
    };
    held.set(documentId, entry);
    let epoch = observedEpoch;
    const input: SupervisorInput<DocumentEvent> = {
      workerInput: () => workerInput(),
      policy,
      now: clock.now,
      refuse: (message) => {
        if (message.type === 'REQUEST') message.request.reply(failure('restarting'));
      },
      onCrash: (error) => {
        metrics.restarted();
        log.error({ documentId, err: error }, 'document crashed');
        // The worker may have died before it could end its live document.
        entry.lane = undefined;
        entry.live?.end('restarted');
        entry.live = undefined;
        entry.mailbox.failAll(failure('restarting'));
      },
    };
    const workerInput = (): DocumentInput => ({
      documentId,
      observedEpoch: epoch,
      idleMs: limits.idleMs,
      drainMs: limits.drainMs,
      serving: (live) => {
        entry.lane = live;
      },
      enliven: (claim, loaded, send) => {
        epoch = claim.epoch;
        entry.live = new LiveDocument(documentId, claim, loaded, ports, entry.refusal, {
          onFenced: () => send({ type: 'FENCED' }),
          onRefused: () => send({ type: 'REFUSED' }),
          onBroken: (error) => send({ type: 'BROKEN', error }),
        });
        return entry.live;
      },
    });
    entry.ref = node.start(`document:${documentId}`, logic, input, (end) => {
      held.delete(documentId);
      entry.live?.end(end.kind === 'done' ? 'moved' : 'restarted');
      entry.mailbox.failAll(failure(end.kind === 'done' ? 'reopen' : 'unavailable'));
      if (end.kind === 'gaveUp') log.error({ documentId, err: end.error }, 'document given up');
      else log.info({ documentId, ...(end.output as object) }, 'document put away');
      for (const resolve of entry.gone) resolve();
    });
  }

  async function putAway(documentId: string): Promise<void> {
    const entry = held.get(documentId);
    if (!entry) return;
    const gone = new Promise<void>((resolve) => entry.gone.push(resolve));
    entry.ref?.send({ type: 'DRAIN' });
    await gone;
  }

  return {
    has: (documentId) => held.has(documentId),
    start,
    deliver(documentId, request) {
      const entry = held.get(documentId);
      if (!entry?.ref) {
        request.reply(failure('reopen'));
        return;
      }
      const reply = entry.mailbox.admit(request.reply as (answer: DocumentAnswer) => void);
      if (!reply) return;
      const admitted = { ...request, reply };
      if (!entry.lane) {
        entry.ref.send({ type: 'DELIVER', message: { type: 'REQUEST', request: admitted } });
        return;
      }
      try {
        entry.lane.handle(admitted);
      } catch (error) {
        // As if the actor had thrown: its supervisor answers for it.
        entry.ref.send({ type: 'DELIVER', message: { type: 'BROKEN', error } });
      }
    },
    leave(documentId, nodeId, connection) {
      held.get(documentId)?.ref?.send({ type: 'DELIVER', message: { type: 'LEAVE', node: nodeId, connection } });
    },
    renew(documentId, nodeId) {
      const entry = held.get(documentId);
      if (!entry?.live) return undefined;
      entry.ref?.send({ type: 'DELIVER', message: { type: 'RENEW', node: nodeId } });
      return { epoch: entry.live.epoch, seq: entry.live.seq };
    },
    count: () => held.size,
    refusedCount: () => [...held.values()].filter(({ refusal }) => refusal.isActive).length,
    states() {
      const counts = new Map<DocumentState, number>(DOCUMENT_STATES.map((state) => [state, 0]));
      for (const { ref } of held.values()) {
        const state = stateOf(ref);
        if (state) counts.set(state, (counts.get(state) ?? 0) + 1);
      }
      return counts;
    },
    beginDrain() {
      draining = true;
    },
    async handOver(documentId) {
      if (!draining) return false;
      await putAway(documentId);
      return true;
    },
    async drain() {
      draining = true;
      await Promise.all([...held.keys()].map(putAway));
    },
  };
}
