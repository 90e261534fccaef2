/**
 * Awareness updates (y-protocols): who is here and where the carets are. Read and written here so that a client can speak
 * only for itself; stamp.ts says what of it others see.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

export interface Presence {
  clientId: number;
  clock: number;
  /** Null: the client has left. */
  state: Record<string, unknown> | null;
}

/** Of one update. // I9: */
const MAX_ENTRIES = 10_000;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** One client's part of an update, its state not looked into yet. */
export interface PresenceEntry {
  readonly clientId: number;
  readonly clock: number;
  /** JSON as UTF-8. */
  readonly json: Uint8Array;
}

/** Splits an update. Undefined: malformed. */
export function readEntries(update: Uint8Array): PresenceEntry[] | undefined {
  try {
    const decoder = decoding.createDecoder(update);
    const count = decoding.readVarUint(decoder);
    if (count > MAX_ENTRIES) return undefined;
    const entries: PresenceEntry[] = [];
    while (entries.length < count) {
      const clientId = decoding.readVarUint(decoder);
      const clock = decoding.readVarUint(decoder);
      entries.push({ clientId, clock, json: decoding.readVarUint8Array(decoder) });
    }
    return decoding.hasContent(decoder) ? undefined : entries;
  } catch {
    return undefined;
  }
}

/** Undefined: the state is not an object or null. */
export function readEntry({ clientId, clock, json }: PresenceEntry): Presence | undefined {
  try {
    const state: unknown = JSON.parse(utf8.decode(json));
    if (typeof state !== 'object' || Array.isArray(state)) return undefined;
    return { clientId, clock, state: state as Presence['state'] };
  } catch {
    return undefined;
  }
}

/** Reads an update that holds exactly one client's state. Undefined: anything else. */
export function readPresence(update: Uint8Array): Presence | undefined {
  const [entry, more] = readEntries(update) ?? [];
  return entry && !more ? readEntry(entry) : undefined;
}

/** Reads an update of any number of states; those that are none are left out. Undefined: malformed. */
export function readPresences(update: Uint8Array): Presence[] | undefined {
  return readEntries(update)?.flatMap((entry) => readEntry(entry) ?? []);
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
