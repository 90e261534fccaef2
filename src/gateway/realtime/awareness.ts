/**
 * Awareness updates (y-protocols): who is here and where the carets are. Read, stamped and written here so that a client
 * can speak only for itself. // I4: the name beside a caret is the server's word, not the client's.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

export interface Presence {
  clientId: number;
  clock: number;
  /** Null: the client has left. */
  state: Record<string, unknown> | null;
}

const COLOR = /^#[0-9a-f]{3,8}$/i;

/** Reads an update that holds exactly one client's state. Undefined: anything else. */
export function readPresence(update: Uint8Array): Presence | undefined {
  try {
    const decoder = decoding.createDecoder(update);
    if (decoding.readVarUint(decoder) !== 1) return undefined;
    const clientId = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    const state: unknown = JSON.parse(decoding.readVarString(decoder));
    if (decoding.hasContent(decoder) || typeof state !== 'object' || Array.isArray(state)) return undefined;
    return { clientId, clock, state: state as Presence['state'] };
  } catch {
    return undefined;
  }
}

export function writePresence(presences: readonly Presence[]): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, presences.length);
  for (const { clientId, clock, state } of presences) {
    encoding.writeVarUint(encoder, clientId);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, JSON.stringify(state));
  }
  return encoding.toUint8Array(encoder);
}

/** The state with its `user` replaced by who it really is; a colour of the client's choice stays. */
export function stamp(presence: Presence, user: { id: string; handle: string }): Presence {
  if (presence.state === null) return presence;
  const claimed = presence.state.user as { color?: unknown } | null | undefined;
  const color = typeof claimed?.color === 'string' && COLOR.test(claimed.color) ? { color: claimed.color } : {};
  return {
    ...presence,
    state: { ...presence.state, user: { ...color, id: user.id, handle: user.handle, name: user.handle } },
  };
}
