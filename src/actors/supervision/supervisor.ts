/**
 * One-for-one supervision (OTP): the worker runs; when it crashes it is started again after a backoff; when it crashes
 * more often than `maxRestarts` within `withinMs` the supervisor gives up by crashing itself, which its parent gets as an event.
 * Callers hold the supervisor's ref and send `DELIVER`; they never see the worker.
 */
import { type AnyActorLogic, assign, type EventObject, sendTo, setup } from 'xstate';
import { backoffMs } from '../../lib/backoff.ts';

export interface RestartPolicy {
  /** The number of crashes within `withinMs` at which it gives up. */
  maxRestarts: number;
  withinMs: number;
  /** Delay before the first restart, milliseconds; doubles with each crash in the window. */
  backoffMinMs: number;
  backoffMaxMs: number;
}

export const DEFAULT_RESTART_POLICY: RestartPolicy = {
  maxRestarts: 5,
  withinMs: 30_000,
  backoffMinMs: 50,
  backoffMaxMs: 2_000,
};

/** `DELIVER` passes a message to the worker; `DRAIN` asks it to finish in order. Every worker understands `DRAIN`. */
export type SupervisorEvent<WorkerEvent extends EventObject> =
  | { type: 'DELIVER'; message: WorkerEvent }
  | { type: 'DRAIN' };

export interface SupervisorInput<WorkerEvent extends EventObject> {
  /** Makes the input of each worker that is started. */
  workerInput: () => unknown;
  policy: RestartPolicy;
  now: () => number;
  /** A message came while no worker ran. */
  refuse: (message: WorkerEvent) => void;
  /** The worker crashed, and its state is lost. */
  onCrash: (error: unknown) => void;
}

interface SupervisorContext<WorkerEvent extends EventObject> extends SupervisorInput<WorkerEvent> {
  crashes: number[];
  output: unknown;
  error: unknown;
}

/** Milliseconds before the restart that follows the latest of these crashes. */
export function restartDelayMs(crashes: number, { backoffMinMs, backoffMaxMs }: RestartPolicy): number {
  return backoffMs(Math.max(crashes - 1, 0), { firstMs: backoffMinMs, longestMs: backoffMaxMs });
}

/**
 * Makes the supervisor of one kind of worker.
 * @returns machine logic; its output is the worker's
 */
export function supervisorOf<WorkerEvent extends EventObject>(workerLogic: AnyActorLogic) {
  return setup({
    types: {
      context: {} as SupervisorContext<WorkerEvent>,
      events: {} as SupervisorEvent<WorkerEvent>,
      input: {} as SupervisorInput<WorkerEvent>,
    },
    actors: { worker: workerLogic },
    delays: { backoff: ({ context }) => restartDelayMs(context.crashes.length, context.policy) },
    guards: { tooOften: ({ context }) => context.crashes.length >= context.policy.maxRestarts },
    actions: {
      forward: sendTo('worker', ({ event }) => (event.type === 'DELIVER' ? event.message : event)),
      refuse: ({ context, event }) => {
        if (event.type === 'DELIVER') context.refuse(event.message);
      },
      reportCrash: ({ context }) => context.onCrash(context.error),
      giveUp: ({ context }: { context: SupervisorContext<WorkerEvent> }) => {
        throw context.error;
      },
    },
  }).createMachine({
    id: 'supervisor',
    context: ({ input }) => ({ ...input, crashes: [], output: undefined, error: undefined }),
    initial: 'running',
    states: {
      running: {
        invoke: {
          id: 'worker',
          src: 'worker',
          input: ({ context }: { context: SupervisorContext<WorkerEvent> }) => context.workerInput(),
          onDone: { target: 'done', actions: assign({ output: ({ event }) => event.output as unknown }) },
          onError: {
            target: 'crashed',
            actions: [
              assign({
                error: ({ event }) => event.error,
                // The window slides: crashes older than it no longer count, nor lengthen the pause.
                crashes: ({ context }) => {
                  const now = context.now();
                  return [...context.crashes.filter((at) => now - at < context.policy.withinMs), now];
                },
              }),
              'reportCrash',
            ],
          },
        },
        on: { DELIVER: { actions: 'forward' }, DRAIN: { actions: 'forward' } },
      },
      crashed: {
        always: [{ guard: 'tooOften', target: 'gaveUp' }, { target: 'backingOff' }],
      },
      backingOff: {
        after: { backoff: 'running' },
        on: { DELIVER: { actions: 'refuse' }, DRAIN: 'done' },
      },
      gaveUp: { entry: 'giveUp' },
      done: { type: 'final' },
    },
    output: ({ context }) => context.output,
  });
}
