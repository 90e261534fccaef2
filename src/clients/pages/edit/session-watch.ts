/**
 * Notices that the session has ended while the author writes. A lost connection alone does not say why it was lost, so the
 * server is asked, gently, for as long as it is lost. Nothing typed depends on this: the device keeps it (DESIGN 5).
 */
import type { EditorClient } from '../../editor/index.ts';
import type { Api } from '../common/api.ts';

/** Milliseconds between questions while there is no connection. */
const ASK_EVERY_MS = 10_000;
/** Milliseconds to wait first: most lost connections are back by then. */
const FIRST_AFTER_MS = 1_500;

export type SessionState = 'signed-in' | 'signed-out' | 'unreachable';

/** @param onChange called with true when the session has ended, with false when there is one again */
export function watchSession(
  { connection, refusal }: Pick<EditorClient, 'connection' | 'refusal'>,
  api: Pick<Api, 'currentSession'>,
  onChange: (ended: boolean) => void,
): { ask(): Promise<SessionState>; close(): void } {
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function later(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), ms);
  }

  async function ask(): Promise<SessionState> {
    clearTimeout(timer);
    timer = undefined;
    const answer = await api.currentSession();
    const state = answer.ok ? 'signed-in' : answer.problem.status === 401 ? 'signed-out' : 'unreachable';
    if (state !== 'unreachable' && ended !== (state === 'signed-out')) {
      ended = !ended;
      onChange(ended);
    }
    if (connection.get() !== 'connected') later(ASK_EVERY_MS);
    return state;
  }

  const stops = [
    connection.subscribe((state) => {
      if (state === 'disconnected') timer ?? later(FIRST_AFTER_MS);
      else if (state === 'connected') {
        clearTimeout(timer);
        timer = undefined;
        if (ended) void ask();
      }
    }),
    refusal.subscribe((error) => {
      if (error?.code === 'unauthenticated') void ask();
    }),
  ];
  if (connection.get() === 'disconnected') later(FIRST_AFTER_MS);
  return {
    ask,
    close() {
      for (const stop of stops) stop();
      clearTimeout(timer);
    },
  };
}
