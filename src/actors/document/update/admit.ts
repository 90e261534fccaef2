/**
 * Decides whether a scanned update may touch a document, given what the document holds and who owns its clientIDs.
 * Pure: it changes nothing, and knows neither the journal nor the network.
 *
 * Invariants
 * A1 (I4) Nobody adds structs under a clientID that is not theirs, or that no one is bound to though it has written. What
 *    the document has already is nobody's forgery; what contradicts it is refused, or its sender would take it for saved.
 * A2 (I10) What is admitted, trimmed if `trim` says so, is applied by Yjs without throwing and leaves nothing pending.
 */
import type { UpdateBase } from './base.ts';
import { type AdmitLimits, DEFAULT_ADMIT_LIMITS } from './limits.ts';
import { type WalkFailure, walkStructs } from './order.ts';
import { HAS_ORIGIN, HAS_PARENT, HAS_RIGHT, RECORD_SIZE, type ScanSuccess } from './scan.ts';

/** Who writes under which clientID of the document (I4). */
export type ClientOwners = {
  /** The user's id, or undefined while nobody has used the clientID. */
  ownerOf(clientId: number): string | undefined;
};

export type AdmitCode = 'client_forged' | 'update_unknown_base' | 'update_malformed' | 'update_limit';

export type AdmissionRefused = { readonly ok: false; readonly code: AdmitCode; readonly detail: string };

export type AdmissionGranted = {
  readonly ok: true;
  /** ClientIDs to bind to the user, in the transaction that logs the update. */
  readonly newClients: readonly number[];
  /** Every struct is known and nothing is deleted: acknowledge at once, apply and log nothing. */
  readonly redundant: boolean;
  /** Some of it is known already: apply and log what `trimKnown` makes of the update, not the update itself. */
  readonly trim: boolean;
};

export type Admission = AdmissionGranted | AdmissionRefused;

/**
 * Checks a scanned update against a document.
 * @returns `client_forged`: new structs of somebody else's clientID, or others than the document's under its ids; `update_unknown_base`: it builds on what the
 *   document lacks, so the client must reopen and send what the server lacks; `update_malformed`: Yjs would not
 *   write it; `update_limit`: types nested too deep.
 */
export function admitUpdate(
  scan: ScanSuccess,
  base: UpdateBase,
  owners: ClientOwners,
  userId: string,
  limits: AdmitLimits = DEFAULT_ADMIT_LIMITS,
): Admission {
  if (scan.contradicts) return refuse('client_forged', 'these ids already have different content');
  const newClients: number[] = [];
  const known: number[] = [];
  let redundant = scan.deleteRanges === 0;
  let trim = scan.isReduced;
  for (const block of scan.blocks) {
    const clock = base.clockOf(block.client);
    const owner = owners.ownerOf(block.client);
    // A1: bindings are made with the first struct, so unbound content is the server's own.
    if (owner !== userId && (owner !== undefined || clock > 0)) {
      return refuse('client_forged', 'a clientID belongs to another user');
    }
    if (block.from > clock) return refuse('update_unknown_base', 'structs are missing before these');
    if (owner === undefined) newClients.push(block.client);
    if (block.to > clock) redundant = false;
    if (block.from < clock) trim = true;
    known.push(clock);
  }
  const ends: BlockEnds = new Map(scan.blocks.map(({ client, to }) => [client, to]));
  const references = checkReferences(scan, ends, base);
  if (references === 'unknown' || !deletesAreKnown(scan, ends, base)) {
    return refuse('update_unknown_base', 'it refers to content that is missing');
  }
  if (references === 'crossed' || scan.needsPlaces) {
    const failure = walkStructs(scan, known, base, limits);
    if (failure !== undefined) return refuseWalk(failure);
  }
  return { ok: true, newClients, redundant, trim };
}

function refuse(code: AdmitCode, detail: string): AdmissionRefused {
  return { ok: false, code, detail };
}

function refuseWalk(failure: WalkFailure): AdmissionRefused {
  switch (failure) {
    case 'circular':
      return refuse('update_malformed', 'structs wait for each other');
    case 'long_map_entry':
      return refuse('update_malformed', 'a map entry holds several values');
    case 'too_deep':
      return refuse('update_limit', 'types are nested too deep');
  }
}

/** The clock after each block, by clientID. */
type BlockEnds = ReadonlyMap<number, number>;

/** Caches the last client: neighbouring structs refer to the same few clients. */
class Clocks {
  private readonly ends: BlockEnds;
  private readonly base: UpdateBase;
  private client = -1;
  private known = 0;
  private to = 0;

  constructor(ends: BlockEnds, base: UpdateBase) {
    this.ends = ends;
    this.base = base;
  }

  private look(client: number): void {
    if (client === this.client) return;
    this.client = client;
    this.known = this.base.clockOf(client);
    this.to = Math.max(this.known, this.ends.get(client) ?? 0);
  }

  /** The document's own clock. */
  before(client: number): number {
    this.look(client);
    return this.known;
  }

  /** The clock once the update is applied. */
  after(client: number): number {
    this.look(client);
    return this.to;
  }
}

/** `crossed`: some struct needs another client's struct of the same update, so that their order matters. */
function checkReferences(scan: ScanSuccess, ends: BlockEnds, base: UpdateBase): 'known' | 'crossed' | 'unknown' {
  const { records } = scan;
  const left = new Clocks(ends, base);
  const right = new Clocks(ends, base);
  let crossed = false;
  for (const block of scan.blocks) {
    const stop = (block.first + block.structs) * RECORD_SIZE;
    for (let at = block.first * RECORD_SIZE; at < stop; at += RECORD_SIZE) {
      const flags = records[at + 1] as number;
      // The scan has checked references of a client to itself.
      if ((flags & (HAS_ORIGIN | HAS_PARENT)) !== 0 && records[at + 2] !== block.client) {
        const client = records[at + 2] as number;
        const clock = records[at + 3] as number;
        if (clock >= left.before(client)) {
          if (clock >= left.after(client)) return 'unknown';
          crossed = true;
        }
      }
      if ((flags & HAS_RIGHT) !== 0 && records[at + 4] !== block.client) {
        const client = records[at + 4] as number;
        const clock = records[at + 5] as number;
        if (clock >= right.before(client)) {
          if (clock >= right.after(client)) return 'unknown';
          crossed = true;
        }
      }
    }
  }
  return crossed ? 'crossed' : 'known';
}

function deletesAreKnown(scan: ScanSuccess, ends: BlockEnds, base: UpdateBase): boolean {
  const clocks = new Clocks(ends, base);
  for (let at = 0; at < scan.deletes.length; at += 3) {
    const end = (scan.deletes[at + 1] as number) + (scan.deletes[at + 2] as number);
    if (end > clocks.after(scan.deletes[at] as number)) return false;
  }
  return true;
}
