/** The one gate for messages from sockets: nothing that is not in `schemas/realtime.ts` gets past it. */
import { Compile } from 'typebox/compile';
import { type Awareness, type Close, type Edit, EVENTS, type Open } from '../../../schemas/realtime.ts';

export type ClientMessage =
  | { event: 'open'; body: Open }
  | { event: 'edit'; body: Edit }
  | { event: 'awareness'; body: Awareness }
  | { event: 'close'; body: Close }
  | { event: 'ping' };

const checks = {
  open: Compile(EVENTS.open.body),
  edit: Compile(EVENTS.edit.body),
  awareness: Compile(EVENTS.awareness.body),
  close: Compile(EVENTS.close.body),
  ping: Compile(EVENTS.ping.body),
} as const;

/** Undefined: no such event, or a body that does not fit its schema. */
export function parseMessage(event: unknown, body: unknown): ClientMessage | undefined {
  if (typeof event !== 'string' || !Object.hasOwn(checks, event)) return undefined;
  const name = event as keyof typeof checks;
  if (!checks[name].Check(body)) return undefined;
  return (name === 'ping' ? { event: name } : { event: name, body }) as ClientMessage;
}
