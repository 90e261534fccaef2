/**
 * The life of a document on this node, as a state chart:
 *
 *   claiming -> loading -> serving -> draining -> done
 *       |          |  ^      |  `---> deposed --> done
 *       |          |  `------' the last append was refused: loaded again, under the same claim
 *       `-> lost   `-> failed (throws: the supervisor starts it again)
 *
 * Pure: its side effects are injected as actors and as the `ResidentDocument` that `createResident` makes, so it runs under
 * a simulated clock without I/O. While it serves, requests go to the `ResidentDocument` directly: the chart decides when
 * that begins and ends (`onServing`), and is not walked for each edit.
 *
 * I2: the claim decides who may write; `deposed` drops the draft in memory.
 */
import { assign, fromPromise, setup } from 'xstate';
import { failure } from '../../../schemas/errors.ts';
import type { Claim, LoadedDraft } from '../../ports/journal.ts';
import type { DocumentRequest } from './ports.ts';

/** What the machine needs of its resident document. */
export interface ResidentPort {
  handle(request: DocumentRequest): void;
  leave(node: string, connection: string): void;
  renew(node: string): void;
  isIdle(): boolean;
  flush(isIdle: boolean): Promise<void>;
  end(reason: 'deposed' | 'moved' | 'restarted'): void;
}

export type DocumentEvent =
  | { type: 'REQUEST'; request: DocumentRequest }
  | { type: 'LEAVE'; node: string; connection: string }
  | { type: 'RENEW'; node: string }
  | { type: 'FENCED' }
  | { type: 'REFUSED' }
  | { type: 'BROKEN'; error: unknown }
  | { type: 'DRAIN' };

/** How a document's life on this node ended: `lost` the claim, `deposed` by another node, or `released` in order. */
export interface DocumentOutput {
  ended: 'lost' | 'deposed' | 'released';
}

export interface DocumentInput {
  documentId: string;
  /** Epoch at which the directory was read: the claim succeeds only from there. */
  observedEpoch: number;
  idleMs: number;
  drainMs: number;
  createResident: (claim: Claim, loaded: LoadedDraft, send: (event: DocumentEvent) => void) => ResidentPort;
  /** Called when the document begins to serve, and with undefined when it stops. */
  onServing: (resident: ResidentPort | undefined) => void;
}

interface DocumentContext extends DocumentInput {
  claim: Claim | undefined;
  resident: ResidentPort | undefined;
  /** Requests that came before the document served. The mailbox in front bounds them. */
  early: DocumentRequest[];
  isIdle: boolean;
  ended: DocumentOutput['ended'];
  error: unknown;
}

/** `isIdle`: nobody uses the document. Otherwise the node drains, and another waits to claim it. */
export interface PassivateInput {
  documentId: string;
  claim: Claim | undefined;
  resident: ResidentPort | undefined;
  isIdle: boolean;
}

/** Checks for idleness in each idle period. */
const IDLE_CHECKS = 4;

export const documentMachine = setup({
  types: {
    context: {} as DocumentContext,
    events: {} as DocumentEvent,
    input: {} as DocumentInput,
    output: {} as DocumentOutput,
  },
  actors: {
    claim: fromPromise<Claim | undefined, { documentId: string; observedEpoch: number }>(() => {
      throw new Error('claim is provided by the composition');
    }),
    load: fromPromise<LoadedDraft, { documentId: string }>(() => {
      throw new Error('load is provided by the composition');
    }),
    /** Flushes, stores a snapshot and releases the document. */
    passivate: fromPromise<void, PassivateInput>(() => {
      throw new Error('passivate is provided by the composition');
    }),
  },
  delays: {
    idleCheck: ({ context }) => context.idleMs / IDLE_CHECKS,
    drainDeadline: ({ context }) => context.drainMs,
  },
  guards: {
    idle: ({ context }) => context.resident?.isIdle() ?? false,
  },
  actions: {
    queueEarly: assign({
      early: ({ context, event }) => (event.type === 'REQUEST' ? [...context.early, event.request] : context.early),
    }),
    handle: ({ context, event }) => {
      if (event.type === 'REQUEST') context.resident?.handle(event.request);
    },
    handleEarly: ({ context }) => {
      for (const request of context.early) context.resident?.handle(request);
    },
    clearEarly: assign({ early: [] }),
    beginServing: ({ context }) => context.onServing(context.resident),
    endServing: ({ context }) => context.onServing(undefined),
    refuse: ({ event }) => {
      if (event.type === 'REQUEST') event.request.reply(failure('reopen'));
    },
    refuseEarly: ({ context }) => {
      for (const request of context.early) request.reply(failure('reopen'));
    },
    leave: ({ context, event }) => {
      if (event.type === 'LEAVE') context.resident?.leave(event.node, event.connection);
    },
    renew: ({ context, event }) => {
      if (event.type === 'RENEW') context.resident?.renew(event.node);
    },
    endDeposed: ({ context }) => context.resident?.end('deposed'),
    endMoved: ({ context }) => context.resident?.end('moved'),
    endRestarted: ({ context }) => context.resident?.end('restarted'),
    escalate: ({ context }) => {
      throw context.error;
    },
  },
}).createMachine({
  id: 'document',
  context: ({ input }) => ({
    ...input,
    claim: undefined,
    resident: undefined,
    early: [],
    isIdle: false,
    ended: 'released',
    error: undefined,
  }),
  initial: 'claiming',
  states: {
    claiming: {
      invoke: {
        src: 'claim',
        input: ({ context }) => ({ documentId: context.documentId, observedEpoch: context.observedEpoch }),
        onDone: [
          {
            guard: ({ event }) => event.output !== undefined,
            target: 'loading',
            actions: assign({ claim: ({ event }) => event.output }),
          },
          { target: 'lost' },
        ],
        onError: { target: 'failed', actions: assign({ error: ({ event }) => event.error }) },
      },
      on: { REQUEST: { actions: 'queueEarly' }, DRAIN: 'lost' },
    },
    loading: {
      invoke: {
        src: 'load',
        input: ({ context }) => ({ documentId: context.documentId }),
        onDone: {
          target: 'serving',
          actions: assign({
            resident: ({ context, event, self }) =>
              context.createResident(context.claim!, event.output, (sent) => self.send(sent)),
          }),
        },
        onError: { target: 'failed', actions: assign({ error: ({ event }) => event.error }) },
      },
      on: { REQUEST: { actions: 'queueEarly' }, DRAIN: 'draining' },
    },
    serving: {
      entry: ['handleEarly', 'clearEarly', 'beginServing'],
      exit: 'endServing',
      initial: 'active',
      states: {
        active: {
          after: {
            idleCheck: [
              { guard: 'idle', target: '#document.draining', actions: assign({ isIdle: true }) },
              { target: 'active', reenter: true },
            ],
          },
        },
      },
      on: {
        REQUEST: { actions: 'handle' },
        LEAVE: { actions: 'leave' },
        RENEW: { actions: 'renew' },
        FENCED: 'deposed',
        REFUSED: { target: 'loading', actions: assign({ resident: undefined }) },
        BROKEN: { target: 'failed', actions: assign({ error: ({ event }) => event.error }) },
        DRAIN: 'draining',
      },
    },
    draining: {
      entry: 'refuseEarly',
      invoke: {
        src: 'passivate',
        input: ({ context: { documentId, claim, resident, isIdle } }) => ({ documentId, claim, resident, isIdle }),
        onDone: 'released',
        // Not released in the directory: the next claimant takes it by raising the epoch, which is always safe (I2).
        onError: 'released',
      },
      after: { drainDeadline: 'released' },
      on: { REQUEST: { actions: 'refuse' }, LEAVE: { actions: 'leave' }, FENCED: 'deposed' },
    },
    released: { type: 'final', entry: 'endMoved' },
    deposed: { type: 'final', entry: [assign({ ended: 'deposed' }), 'endDeposed'] },
    lost: { type: 'final', entry: [assign({ ended: 'lost' }), 'refuseEarly'] },
    failed: {
      entry: ['refuseEarly', 'endRestarted', 'escalate'],
    },
  },
  output: ({ context }) => ({ ended: context.ended }),
});
