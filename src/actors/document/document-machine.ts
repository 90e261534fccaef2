/**
 * The life of a document on this node, as a state chart:
 *
 *   claiming -> loading -> live -> draining -> done
 *       |          |  ^      | `---> deposed --> done
 *       |          |  `------' what was written last is refused: loaded again, under the same claim
 *       `-> lost   `-> failed (throws: the supervisor starts it again)
 *
 * Pure: what it does to the world is injected as actors and as the `LiveDocument` that `enliven` makes, so it runs under
 * a simulated clock without I/O. While it serves, requests go to the `LiveDocument` directly (`serving`): the chart decides
 * when that begins and ends, and is not walked for each edit.
 *
 * I2: the claim decides who may write; `deposed` drops everything held in memory.
 */
import { assign, fromPromise, setup } from 'xstate';
import { failure } from '../../../schemas/errors.ts';
import type { Claimed, LoadedDraft } from '../../ports/journal.ts';
import type { DocumentRequest } from './ports.ts';

/** What the machine asks of its live document. */
export interface Live {
  handle(request: DocumentRequest): void;
  leave(node: string, connection: string): void;
  renew(node: string): void;
  isIdle(): boolean;
  flush(toRest: boolean): Promise<void>;
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
  enliven: (held: Claimed, loaded: LoadedDraft, send: (event: DocumentEvent) => void) => Live;
  /** Hears when the document begins to serve, and with undefined when it no longer does. */
  serving: (live: Live | undefined) => void;
}

interface DocumentContext extends DocumentInput {
  held: Claimed | undefined;
  live: Live | undefined;
  /** Requests that came before the document was live. The mailbox in front bounds them. */
  early: DocumentRequest[];
  toRest: boolean;
  ended: DocumentOutput['ended'];
  error: unknown;
}

/** `toRest`: nobody uses the document; otherwise the node is in a hurry to leave it to another. */
export interface PutAway {
  documentId: string;
  held: Claimed | undefined;
  live: Live | undefined;
  toRest: boolean;
}

/** How often a quiet document asks itself whether it is idle, as a part of the idle time. */
const IDLE_CHECKS = 4;

export const documentMachine = setup({
  types: {
    context: {} as DocumentContext,
    events: {} as DocumentEvent,
    input: {} as DocumentInput,
    output: {} as DocumentOutput,
  },
  actors: {
    claim: fromPromise<Claimed | undefined, { documentId: string; observedEpoch: number }>(() => {
      throw new Error('claim is provided by the composition');
    }),
    load: fromPromise<LoadedDraft, { documentId: string }>(() => {
      throw new Error('load is provided by the composition');
    }),
    /** Flushes, stores and gives the document up. */
    putAway: fromPromise<void, PutAway>(() => {
      throw new Error('putAway is provided by the composition');
    }),
  },
  delays: {
    idleCheck: ({ context }) => context.idleMs / IDLE_CHECKS,
    drainDeadline: ({ context }) => context.drainMs,
  },
  guards: {
    idle: ({ context }) => context.live?.isIdle() ?? false,
  },
  actions: {
    keepEarly: assign({
      early: ({ context, event }) => (event.type === 'REQUEST' ? [...context.early, event.request] : context.early),
    }),
    handle: ({ context, event }) => {
      if (event.type === 'REQUEST') context.live?.handle(event.request);
    },
    handleEarly: ({ context }) => {
      for (const request of context.early) context.live?.handle(request);
    },
    forgetEarly: assign({ early: [] }),
    beginServing: ({ context }) => context.serving(context.live),
    endServing: ({ context }) => context.serving(undefined),
    refuse: ({ event }) => {
      if (event.type === 'REQUEST') event.request.reply(failure('reopen'));
    },
    refuseEarly: ({ context }) => {
      for (const request of context.early) request.reply(failure('reopen'));
    },
    leave: ({ context, event }) => {
      if (event.type === 'LEAVE') context.live?.leave(event.node, event.connection);
    },
    renew: ({ context, event }) => {
      if (event.type === 'RENEW') context.live?.renew(event.node);
    },
    endDeposed: ({ context }) => context.live?.end('deposed'),
    endMoved: ({ context }) => context.live?.end('moved'),
    endRestarted: ({ context }) => context.live?.end('restarted'),
    escalate: ({ context }) => {
      throw context.error;
    },
  },
}).createMachine({
  id: 'document',
  context: ({ input }) => ({
    ...input,
    held: undefined,
    live: undefined,
    early: [],
    toRest: false,
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
            actions: assign({ held: ({ event }) => event.output }),
          },
          { target: 'lost' },
        ],
        onError: { target: 'failed', actions: assign({ error: ({ event }) => event.error }) },
      },
      on: { REQUEST: { actions: 'keepEarly' }, DRAIN: 'lost' },
    },
    loading: {
      invoke: {
        src: 'load',
        input: ({ context }) => ({ documentId: context.documentId }),
        onDone: {
          target: 'live',
          actions: assign({
            live: ({ context, event, self }) => context.enliven(context.held!, event.output, (live) => self.send(live)),
          }),
        },
        onError: { target: 'failed', actions: assign({ error: ({ event }) => event.error }) },
      },
      on: { REQUEST: { actions: 'keepEarly' }, DRAIN: 'draining' },
    },
    live: {
      entry: ['handleEarly', 'forgetEarly', 'beginServing'],
      exit: 'endServing',
      initial: 'serving',
      states: {
        serving: {
          after: {
            idleCheck: [
              { guard: 'idle', target: '#document.draining', actions: assign({ toRest: true }) },
              { target: 'serving', reenter: true },
            ],
          },
        },
      },
      on: {
        REQUEST: { actions: 'handle' },
        LEAVE: { actions: 'leave' },
        RENEW: { actions: 'renew' },
        FENCED: 'deposed',
        REFUSED: { target: 'loading', actions: assign({ live: undefined }) },
        BROKEN: { target: 'failed', actions: assign({ error: ({ event }) => event.error }) },
        DRAIN: 'draining',
      },
    },
    draining: {
      entry: 'refuseEarly',
      invoke: {
        src: 'putAway',
        input: ({ context: { documentId, held, live, toRest } }) => ({ documentId, held, live, toRest }),
        onDone: 'released',
        // Not given up in the directory: the next claimant takes it by raising the epoch, which is always safe (I2).
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
