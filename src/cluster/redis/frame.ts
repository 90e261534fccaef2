/**
 * The wire format between nodes, version 1. A payload is what one PUBLISH carries:
 *
 *   'S' 't' | version u8 | flags u8 | sender length u8 | sender utf-8 | frames: MessagePack arrays, one after the other
 *
 * The header is the same in every version, so that a node can refuse a payload of a version that it does not know and
 * the sender knows at once (rolling upgrades). Flag 1 marks a refusal: a refusal is never refused.
 * Knows no channels, calls or liveness. Bytes that are no payload, and frames of unknown kinds, cost nothing (I10).
 */
import { decodeSequence, encodeValue } from '../codec.ts';

export const WIRE_VERSION = 1;
const MAGIC = [0x53, 0x74] as const;
const HEADER_BYTES = 5;
const FLAG_REFUSAL = 1;

const CALL = 0;
const ANSWER = 1;
const FAILED = 2;
const POST = 3;
const PUBLICATION = 4;
const BEAT = 5;
const LEAVE = 6;

export type Frame =
  | { kind: 'call'; id: number; method: string; value: unknown }
  | { kind: 'answer'; id: number; value: unknown }
  | { kind: 'failed'; id: number }
  | { kind: 'post'; topic: string; value: unknown }
  | { kind: 'publication'; value: unknown }
  /** `sentAt` is on the sender's own monotonic clock: only the sender itself can use it. */
  | { kind: 'beat'; instance: string; sentAt: number }
  | { kind: 'leave'; instance: string };

export type Payload =
  | { outcome: 'frames'; from: string; frames: Frame[]; malformed: number }
  /** The sender uses a version that this node does not know: answer with `encodeRefusal`. */
  | { outcome: 'foreign'; from: string; version: number }
  /** The other node does not know our version. */
  | { outcome: 'refusal'; from: string }
  | { outcome: 'garbage' };

/**
 * Encodes one frame.
 * @throws when its value is not plain data
 */
export function encodeFrame(frame: Frame): Uint8Array {
  switch (frame.kind) {
    case 'call':
      return encodeValue([CALL, frame.id, frame.method, frame.value]);
    case 'answer':
      return encodeValue([ANSWER, frame.id, frame.value]);
    case 'failed':
      return encodeValue([FAILED, frame.id]);
    case 'post':
      return encodeValue([POST, frame.topic, frame.value]);
    case 'publication':
      return encodeValue([PUBLICATION, frame.value]);
    case 'beat':
      return encodeValue([BEAT, frame.instance, frame.sentAt]);
    case 'leave':
      return encodeValue([LEAVE, frame.instance]);
  }
}

/**
 * The header of a node's payloads; frames follow it.
 * @throws when the node id is longer than 255 bytes
 */
export function encodeHeader(nodeId: string): Buffer {
  return header(nodeId, WIRE_VERSION, 0);
}

/** A payload that refuses one of a version that this node does not know. */
export function encodeRefusal(nodeId: string): Buffer {
  return header(nodeId, WIRE_VERSION, FLAG_REFUSAL);
}

function header(nodeId: string, version: number, flags: number): Buffer {
  const id = Buffer.from(nodeId, 'utf8');
  if (id.length === 0 || id.length > 255) throw new RangeError('a node id has 1 to 255 bytes');
  return Buffer.concat([Buffer.from([...MAGIC, version, flags, id.length]), id]);
}

/** Reads a payload; never throws. */
export function decodePayload(bytes: Uint8Array): Payload {
  if (bytes.length < HEADER_BYTES || bytes[0] !== MAGIC[0] || bytes[1] !== MAGIC[1]) return { outcome: 'garbage' };
  const [, , version = 0, flags = 0, idLength = 0] = bytes;
  const body = HEADER_BYTES + idLength;
  if (idLength === 0 || bytes.length < body) return { outcome: 'garbage' };
  const from = Buffer.from(bytes.buffer, bytes.byteOffset + HEADER_BYTES, idLength).toString('utf8');
  if (flags & FLAG_REFUSAL) return { outcome: 'refusal', from };
  if (version !== WIRE_VERSION) return { outcome: 'foreign', from, version };

  const frames: Frame[] = [];
  let malformed = 0;
  try {
    decodeSequence(bytes.subarray(body), (raw) => {
      const frame = toFrame(raw);
      if (frame) frames.push(frame);
      else malformed++;
    });
  } catch {
    malformed++;
  }
  return { outcome: 'frames', from, frames, malformed };
}

function toFrame(raw: unknown): Frame | undefined {
  if (!Array.isArray(raw)) return undefined;
  const [kind, first, second, third] = raw as unknown[];
  switch (kind) {
    case CALL:
      if (typeof first !== 'number' || typeof second !== 'string') return undefined;
      return { kind: 'call', id: first, method: second, value: third };
    case ANSWER:
      return typeof first === 'number' ? { kind: 'answer', id: first, value: second } : undefined;
    case FAILED:
      return typeof first === 'number' ? { kind: 'failed', id: first } : undefined;
    case POST:
      return typeof first === 'string' ? { kind: 'post', topic: first, value: second } : undefined;
    case PUBLICATION:
      return { kind: 'publication', value: first };
    case BEAT:
      if (typeof first !== 'string' || typeof second !== 'number') return undefined;
      return { kind: 'beat', instance: first, sentAt: second };
    case LEAVE:
      return typeof first === 'string' ? { kind: 'leave', instance: first } : undefined;
    default:
      return undefined;
  }
}
