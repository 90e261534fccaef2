/**
 * A user on this node, as a state chart: present while connections are open, away for a while after the last one, then
 * done. Listens on `user:{id}` for changes that any node made to the user's access or sessions (I6). Pure: the
 * subscription and what a change does are injected.
 */
import { type EventObject, fromCallback, setup } from 'xstate';
import type { UserChange } from '../../ports/access.ts';

export type UserEvent =
  | { type: 'JOINED' }
  | { type: 'LEFT' }
  | { type: 'CHANGED'; change: UserChange }
  | { type: 'DRAIN' };

export interface UserInput {
  userId: string;
  lingerMs: number;
  /** Connections open right now, counted by the registry in front. */
  connections: () => number;
  apply: (change: UserChange) => void;
  /** Compares what is open with the database. */
  recheck: () => void;
}

export const userMachine = setup({
  types: { context: {} as UserInput, events: {} as UserEvent, input: {} as UserInput },
  actors: {
    /** Sends CHANGED for each change published about the user. */
    changes: fromCallback<EventObject, { userId: string }>(() => {
      throw new Error('changes is provided by the composition');
    }),
  },
  delays: { linger: ({ context }) => context.lingerMs },
  guards: { nobody: ({ context }) => context.connections() === 0 },
  actions: {
    apply: ({ context, event }) => {
      if (event.type === 'CHANGED') context.apply(event.change);
    },
    recheck: ({ context }) => context.recheck(),
  },
}).createMachine({
  id: 'user',
  context: ({ input }) => input,
  initial: 'present',
  invoke: { src: 'changes', input: ({ context }) => ({ userId: context.userId }) },
  on: { LISTENING: { actions: 'recheck' }, CHANGED: { actions: 'apply' }, DRAIN: '.gone' },
  states: {
    // Entered again after a crash, which may have lost the last `leave`.
    present: { always: { guard: 'nobody', target: 'away' }, on: { LEFT: { guard: 'nobody', target: 'away' } } },
    away: { after: { linger: 'gone' }, on: { JOINED: 'present' } },
    gone: { type: 'final' },
  },
});
