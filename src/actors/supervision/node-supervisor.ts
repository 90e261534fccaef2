/**
 * The root of a node's actors: one supervised tree for each document and each user on it. A tree that finishes or
 * gives up is reported and removed; the others are not affected.
 *
 * Each tree is an XState system of its own. In one system, stopping an actor walks all the timers, and starting one
 * copies the list of its siblings: with thousands of documents a node would spend seconds to drain.
 */
import { type AnyActorLogic, type AnyActorRef, createActor } from 'xstate';

/** How a child left the tree. */
export type ChildEnd = { kind: 'done'; output: unknown } | { kind: 'gaveUp'; error: unknown };

/** Timers of every tree; XState's `SimulatedClock` fits. */
export interface Timers {
  setTimeout(callback: () => void, timeoutMs: number): unknown;
  clearTimeout(id: unknown): void;
}

export interface NodeSupervisor {
  /** Starts a child supervisor; `onEnd` is called once, when it is over. The id must be free. */
  start(id: string, logic: AnyActorLogic, input: unknown, onEnd: (end: ChildEnd) => void): AnyActorRef;
  /** Stops the running children without reporting them. */
  stop(): void;
}

/** @param timers default: the runtime's own */
export function createNodeSupervisor(timers?: Timers): NodeSupervisor {
  const children = new Map<string, { stop(): unknown }>();
  return {
    start(id, logic, input, onEnd) {
      if (children.has(id)) throw new Error(`${id} is running already`);
      const child = createActor(logic, { id, input, ...(timers ? { clock: timers } : {}) });
      const end = (how: ChildEnd): void => {
        if (children.delete(id)) onEnd(how);
      };
      children.set(id, child);
      // An actor that crashes without an observer would take the process with it.
      child.subscribe({
        error: (error) => end({ kind: 'gaveUp', error }),
        complete: () => end({ kind: 'done', output: child.getSnapshot().output }),
      });
      child.start();
      return child;
    },
    stop() {
      const running = [...children.values()];
      children.clear();
      for (const child of running) child.stop();
    },
  };
}
