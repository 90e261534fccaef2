/**
 * The documents that this node owns or is claiming: starts their supervisors, passes requests to them, and answers the
 * requests that they leave unanswered. Knows nothing of other nodes: `router.ts` decides where a request belongs.
 */
import { performance } from 'node:perf_hooks';
import { type AnyActorRef, fromPromise } from 'xstate';
import { failure } from '../../../schemas/errors.ts';
import { Mailbox } from '../supervision/mailbox.ts';
import type { NodeSupervisor } from '../supervision/node-supervisor.ts';
import { type RestartPolicy, type SupervisorInput, supervisorOf } from '../supervision/supervisor.ts';
import { AppendRefusal } from './append-refusal.ts';
import { type DocumentEvent, type DocumentInput, documentMachine, type ResidentPort } from './document-machine.ts';
import type { DocumentAnswer, DocumentPorts, DocumentRequest } from './ports.ts';
import { ResidentDocument } from './resident-document.ts';
import { DOCUMENT_STATES, type DocumentState, stateOf } from './states.ts';

/** One document in the supervision tree. */
interface TreeEntry {
  readonly mailbox: Mailbox<DocumentAnswer>;
  ref: AnyActorRef | undefined;
  resident: ResidentDocument | undefined;
  /** Set while the document serves: requests skip the two state charts (about 20 µs each). */
  serving: ResidentPort | undefined;
  readonly refusal: AppendRefusal;
  /** Called when it has left the tree. */
  readonly onGone: (() => void)[];
}

export interface Documents {
  /** True when the document is in this node's tree: owned, or being claimed. */
  has(documentId: string): boolean;
  /** Starts claiming a document; a no-op when it is in the tree, or when this node drains. */
  start(documentId: string, observedEpoch: number): void;
  /** Passes a request to the document; it is answered exactly once. `reopen` when the document is not here. */
  deliver(documentId: string, request: DocumentRequest): void;
  leave(documentId: string, node: string, connection: string): void;
  /** Notes that a node still has participants; the position, or undefined when the document is not resident here. */
  renew(documentId: string, node: string): { epoch: number; seq: number } | undefined;
  count(): number;
  /** Documents whose appends the database refuses. */
  refusedCount(): number;
  /** How many documents are in each state. */
  states(): ReadonlyMap<DocumentState, number>;
  /** From now on nothing is started here; resident documents serve until they are handed over or drained. */
  beginDrain(): void;
  /**
   * While this node drains: passivates a document because another node asks for it. Resolves when it may be claimed; false
   * when this node does not drain.
   */
  handOver(documentId: string): Promise<boolean>;
  /** Passivates every document; resolves when all have left the tree. */
  drain(): Promise<void>;
}

export function createDocuments(ports: DocumentPorts, node: NodeSupervisor, policy: RestartPolicy): Documents {
  const { journal, limits, metrics, clock, log } = ports;
  const entries = new Map<string, TreeEntry>();
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
        passivate: fromPromise(async ({ input: { documentId, claim, resident, isIdle } }) => {
          await resident?.flush(isIdle);
          if (claim) await journal.release(documentId, claim.epoch);
        }),
      },
    }),
  );

  function start(documentId: string, observedEpoch: number): void {
    if (draining || entries.has(documentId)) return;
    const entry: TreeEntry = {
      mailbox: new Mailbox<DocumentAnswer>(limits.maxMailbox),
      ref: undefined,
      resident: undefined,
      serving: undefined,
      refusal: new AppendRefusal({ documentId, journal, metrics, now: () => performance.now(), log }),
      onGone: [],
    };
    entries.set(documentId, entry);
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
        // The worker may have died before it could end its resident document.
        entry.serving = undefined;
        entry.resident?.end('restarted');
        entry.resident = undefined;
        entry.mailbox.failAll(failure('restarting'));
      },
    };
    const workerInput = (): DocumentInput => ({
      documentId,
      observedEpoch: epoch,
      idleMs: limits.idleMs,
      drainMs: limits.drainMs,
      onServing: (resident) => {
        entry.serving = resident;
      },
      createResident: (claim, loaded, send) => {
        epoch = claim.epoch;
        entry.resident = new ResidentDocument(documentId, claim, loaded, ports, entry.refusal, {
          onFenced: () => send({ type: 'FENCED' }),
          onRefused: () => send({ type: 'REFUSED' }),
          onBroken: (error) => send({ type: 'BROKEN', error }),
        });
        return entry.resident;
      },
    });
    entry.ref = node.start(`document:${documentId}`, logic, input, (end) => {
      entries.delete(documentId);
      entry.resident?.end(end.kind === 'done' ? 'moved' : 'restarted');
      entry.mailbox.failAll(failure(end.kind === 'done' ? 'reopen' : 'unavailable'));
      if (end.kind === 'gaveUp') log.error({ documentId, err: end.error }, 'document stopped: it crashed too often');
      else log.info({ documentId, ...(end.output as object) }, 'document unloaded');
      for (const resolve of entry.onGone) resolve();
    });
  }

  async function passivate(documentId: string): Promise<void> {
    const entry = entries.get(documentId);
    if (!entry) return;
    const gone = new Promise<void>((resolve) => entry.onGone.push(resolve));
    entry.ref?.send({ type: 'DRAIN' });
    await gone;
  }

  return {
    has: (documentId) => entries.has(documentId),
    start,
    deliver(documentId, request) {
      const entry = entries.get(documentId);
      if (!entry?.ref) {
        request.reply(failure('reopen'));
        return;
      }
      const reply = entry.mailbox.admit(request.reply as (answer: DocumentAnswer) => void);
      if (!reply) return;
      const admitted = { ...request, reply };
      if (!entry.serving) {
        entry.ref.send({ type: 'DELIVER', message: { type: 'REQUEST', request: admitted } });
        return;
      }
      try {
        entry.serving.handle(admitted);
      } catch (error) {
        // As if the actor had thrown: its supervisor answers for it.
        entry.ref.send({ type: 'DELIVER', message: { type: 'BROKEN', error } });
      }
    },
    leave(documentId, nodeId, connection) {
      entries.get(documentId)?.ref?.send({ type: 'DELIVER', message: { type: 'LEAVE', node: nodeId, connection } });
    },
    renew(documentId, nodeId) {
      const entry = entries.get(documentId);
      if (!entry?.resident) return undefined;
      entry.ref?.send({ type: 'DELIVER', message: { type: 'RENEW', node: nodeId } });
      return { epoch: entry.resident.epoch, seq: entry.resident.seq };
    },
    count: () => entries.size,
    refusedCount: () => [...entries.values()].filter(({ refusal }) => refusal.isActive).length,
    states() {
      const counts = new Map<DocumentState, number>(DOCUMENT_STATES.map((state) => [state, 0]));
      for (const { ref } of entries.values()) {
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
      await passivate(documentId);
      return true;
    },
    async drain() {
      draining = true;
      await Promise.all([...entries.keys()].map(passivate));
    },
  };
}
