/**
 * Names the state that a supervised document is in, for the gauges. Reads snapshots and changes nothing.
 */
import type { AnyActorRef, AnyMachineSnapshot } from 'xstate';

/** Every state that is reported, so that a gauge shows 0 rather than nothing. */
export const DOCUMENT_STATES = ['claiming', 'loading', 'serving', 'draining', 'backingOff'] as const;
export type DocumentState = (typeof DOCUMENT_STATES)[number];

const outermost = ({ value }: AnyMachineSnapshot): string =>
  typeof value === 'string' ? value : (Object.keys(value)[0] ?? '');

/** @returns undefined when it is in none of these states, as at the very end of its life */
export function stateOf(supervisor: AnyActorRef | undefined): DocumentState | undefined {
  const snapshot = supervisor?.getSnapshot() as AnyMachineSnapshot | undefined;
  if (!snapshot) return undefined;
  const worker = (snapshot.children as Record<string, AnyActorRef | undefined>).worker;
  const state = outermost(outermost(snapshot) === 'running' && worker ? worker.getSnapshot() : snapshot);
  return DOCUMENT_STATES.find((name) => name === state);
}
