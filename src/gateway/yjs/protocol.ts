/**
 * The y-websocket protocol: frames as bytes, and nothing of what they are for. A frame of a client is read whole or not at
 * all (I10); what is inside an update is checked where updates are checked.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { Rope } from '../../lib/msgpack/rope.ts';
import { type Presence, type PresenceEntry, readEntries, writePresence } from '../authors/awareness.ts';

const SYNC = 0;
const AWARENESS = 1;
const AUTH = 2;
const QUERY_AWARENESS = 3;
const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;
const PERMISSION_DENIED = 0;

export type ClientFrame =
  /** The client's state vector: it requests the rest. */
  | { kind: 'step1'; stateVector: Uint8Array }
  /** Answer to our step 1. */
  | { kind: 'step2'; update: Uint8Array }
  | { kind: 'update'; update: Uint8Array }
  /** Awareness states that the client knows, its own included. */
  | { kind: 'awareness'; entries: readonly PresenceEntry[] }
  | { kind: 'query-awareness' };

/** Undefined: malformed. */
export function readFrame(frame: Uint8Array): ClientFrame | undefined {
  try {
    const decoder = decoding.createDecoder(frame);
    const read = readKind(decoder);
    return decoding.hasContent(decoder) ? undefined : read;
  } catch {
    return undefined;
  }
}

function readKind(decoder: decoding.Decoder): ClientFrame | undefined {
  switch (decoding.readVarUint(decoder)) {
    case SYNC:
      return readSync(decoder);
    case AWARENESS: {
      const entries = readEntries(decoding.readVarUint8Array(decoder));
      return entries && { kind: 'awareness', entries };
    }
    case QUERY_AWARENESS:
      return { kind: 'query-awareness' };
    default:
      return undefined;
  }
}

function readSync(decoder: decoding.Decoder): ClientFrame | undefined {
  const type = decoding.readVarUint(decoder);
  const content = decoding.readVarUint8Array(decoder);
  switch (type) {
    case STEP_1:
      return { kind: 'step1', stateVector: content };
    case STEP_2:
      return { kind: 'step2', update: content };
    case UPDATE:
      return { kind: 'update', update: content };
    default:
      return undefined;
  }
}

function frameOf(types: readonly number[], content: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  for (const type of types) encoding.writeVarUint(encoder, type);
  encoding.writeVarUint8Array(encoder, content);
  return encoding.toUint8Array(encoder);
}

export const step1Frame = (stateVector: Uint8Array): Uint8Array => frameOf([SYNC, STEP_1], stateVector);
/** The update's bytes are shared, not copied: it may be a whole large document. */
export function step2Frame(update: Uint8Array | Rope): Rope {
  const encoder = encoding.createEncoder();
  for (const number of [SYNC, STEP_2, update.byteLength]) encoding.writeVarUint(encoder, number);
  const head = encoding.toUint8Array(encoder);
  return update instanceof Rope ? new Rope([head, ...update.pieces], update.sent) : new Rope([head, update]);
}
export const updateFrame = (update: Uint8Array): Uint8Array => frameOf([SYNC, UPDATE], update);
export const awarenessFrame = (presences: readonly Presence[]): Uint8Array =>
  frameOf([AWARENESS], writePresence(presences));

export function deniedFrame(reason: string): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, AUTH);
  encoding.writeVarUint(encoder, PERMISSION_DENIED);
  encoding.writeVarString(encoder, reason);
  return encoding.toUint8Array(encoder);
}
