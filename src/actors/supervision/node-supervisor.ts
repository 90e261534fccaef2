/**
 * The root of a node's actor tree: one supervisor for each document and each user that is present here. A child that
 * finishes or gives up is taken out of the tree and reported; the others never notice.
 */
import { type AnyActorLogic, type AnyActorRef, assign, createActor, setup, stopChild } from 'xstate';

/** How a child left the tree. */
export type ChildEnd = { kind: 'done'; output: unknown } | { kind: 'gaveUp'; error: unknown };

type NodeEvent =
  | { type: 'START'; id: string; logic: AnyActorLogic; input: unknown }
  | { type: 'xstate.done.actor.*'; output: unknown; actorId: string }
  | { type: 'xstate.error.actor.*'; error: unknown; actorId: string };

interface NodeInput {
  onEnd: (id: string, end: ChildEnd) => void;
}

const nodeMachine = setup({
  types: { context: {} as NodeInput, events: {} as NodeEvent, input: {} as NodeInput },
}).createMachine({
  id: 'node',
  context: ({ input }) => input,
  on: {
    START: {
      actions: assign(({ event, spawn }) => {
        (spawn as (logic: AnyActorLogic, options: object) => AnyActorRef)(event.logic, {
          id: event.id,
          input: event.input,
        });
        return {};
      }),
    },
    'xstate.done.actor.*': {
      actions: [
        stopChild(({ event }) => event.actorId),
        ({ context, event }) => context.onEnd(event.actorId, { kind: 'done', output: event.output }),
      ],
    },
    'xstate.error.actor.*': {
      actions: [
        stopChild(({ event }) => event.actorId),
        ({ context, event }) => context.onEnd(event.actorId, { kind: 'gaveUp', error: event.error }),
      ],
    },
  },
});

export interface NodeSupervisor {
  /** Starts a child supervisor; `onEnd` is called once, when it has left the tree. The id must be free. */
  start(id: string, logic: AnyActorLogic, input: unknown, onEnd: (end: ChildEnd) => void): AnyActorRef;
  stop(): void;
}

/** Timers of the whole tree; XState's `SimulatedClock` fits. */
export interface Timers {
  setTimeout(callback: () => void, timeoutMs: number): unknown;
  clearTimeout(id: unknown): void;
}

/** @param timers left out, the runtime's own */
export function createNodeSupervisor(timers?: Timers): NodeSupervisor {
  const ended = new Map<string, (end: ChildEnd) => void>();
  const root = createActor(nodeMachine, {
    ...(timers ? { clock: timers } : {}),
    input: {
      onEnd: (id, end) => {
        const onEnd = ended.get(id);
        ended.delete(id);
        onEnd?.(end);
      },
    },
  });
  root.start();
  return {
    start(id, logic, input, onEnd) {
      if (ended.has(id)) throw new Error(`${id} is already in the tree`);
      ended.set(id, onEnd);
      root.send({ type: 'START', id, logic, input });
      const ref = (root.getSnapshot().children as Record<string, AnyActorRef | undefined>)[id];
      if (!ref) throw new Error(`${id} did not start`);
      return ref;
    },
    stop: () => root.stop(),
  };
}
