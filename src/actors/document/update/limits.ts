/**
 * Bounds of one Yjs update (I9), with the reason for each figure.
 * Knows nothing of documents, users or configuration: callers pass their own values where they differ.
 */

import { MAX_NODES } from '../../../content/model/limits.ts';

/** What the scanner refuses. Every loop of the scanner is bounded by these and by the bytes left. */
export type ScanLimits = {
  /** Size of the encoded update in bytes. */
  readonly maxBytes: number;
  /** Structs over all client blocks, what is known left out. */
  readonly maxStructs: number;
  /** Client blocks, that is clientIDs that wrote something new in this update. */
  readonly maxClients: number;
  /** Delete ranges over all clients, what is known left out. */
  readonly maxDeleteRanges: number;
  /** The largest clock that a struct, reference or delete range may reach. */
  readonly maxClock: number;
  /** New clock units (UTF-16 code units, list elements) that one client block may span. */
  readonly maxClockAdvance: number;
  /** Nesting of objects and arrays inside one value, JSON or Yjs "any". */
  readonly maxValueDepth: number;
};

/** What `admitUpdate` bounds beyond the scan, because it depends on the document. */
export type AdmitLimits = {
  /** Shared types nested in each other, counted from the root type. */
  readonly maxTypeDepth: number;
};

/** From which size on an update is first tried in a worker. Any one of them is enough. */
export type TrialThresholds = {
  readonly bytes: number;
  readonly structs: number;
  readonly deleteRanges: number;
  /** Sum of the lengths of the delete ranges, in clock units. */
  readonly deletedLength: number;
  /** What the update is expected to take, in milliseconds, after what earlier ones took in this document. */
  readonly expectedMs: number;
};

/**
 * - `maxBytes`: a 1 MiB paste is some 170,000 words; scanning it takes 2 to 9 ms.
 * - `maxStructs`, `maxDeleteRanges`: of what the document has not got. An import of a 1 MiB article with 10,000 paragraphs and marks stays
 *   below; scan and admission of that many take 16 ms. All above the trial thresholds is applied in a worker first.
 * - `maxClients`: a new clientID per page load; 256 loads without one successful send is beyond an honest author.
 * - `maxClock`: 2^32 - 1 characters by one page load; every sum of clocks stays far below 2^53.
 * - `maxClockAdvance`: text cannot pass `maxBytes`; only runs of deleted content (one struct of any length) can.
 * - `maxValueDepth`: node attributes are 2 or 3 deep; Yjs and JSON.stringify recurse per level.
 */
export const DEFAULT_SCAN_LIMITS: ScanLimits = Object.freeze({
  maxBytes: 1_048_576,
  maxStructs: 32_768,
  maxClients: 256,
  maxDeleteRanges: 32_768,
  maxClock: 4_294_967_295,
  maxClockAdvance: 16_777_216,
  maxValueDepth: 64,
});

/** A message may be so many times as large as the largest update, if the document has the rest of it already. */
export const MAX_KNOWN_RATIO = 2;

/** A text that begins and ends each of four marks, and as much for the ones that it replaces. */
const STRUCTS_A_NODE = 10;
/** A struct takes no less: so many can be deleted of a document of that size. */
const MIN_STRUCT_BYTES = 4;

/**
 * For updates that the server makes itself of content that was checked: whatever the content limits allow passes, into and
 * instead of whatever a document holds. They are applied in parts, see content/parts.ts.
 */
export const composedLimits = (maxDocumentBytes: number): ScanLimits => ({
  ...DEFAULT_SCAN_LIMITS,
  maxBytes: maxDocumentBytes,
  maxStructs: MAX_NODES * STRUCTS_A_NODE,
  maxDeleteRanges: Math.max(DEFAULT_SCAN_LIMITS.maxDeleteRanges, Math.ceil(maxDocumentBytes / MIN_STRUCT_BYTES)),
});

/**
 * `maxTypeDepth`: 20 nested lists are 60 types deep. Yjs deletes and collects recursively, and overflows the
 * stack somewhere above 1,000; browsers' editors do so sooner.
 */
export const DEFAULT_ADMIT_LIMITS: AdmitLimits = Object.freeze({ maxTypeDepth: 200 });

/**
 * Found by measuring the worst updates that pass the scan (2 slow shared cores), so that what stays below costs at most
 * about 20 ms in an ordinary document:
 * - `bytes`: 32,000 empty objects in 64 KiB take 3 ms.
 * - `structs`: each is compared with all others at its place: 256 take 4 ms, 512 take 10 ms, 1,024 take 37 ms.
 * - `deleteRanges`: 512 spread over 1 MiB of text take 2 ms, 8,192 take 35 ms.
 * - `deletedLength`: single characters of one formatted text: 1,000 take 22 ms, 4,000 take 195 ms (7 bytes of update).
 * - `expectedMs`: a document prepared for it (8,000 items at one place) makes 64 structs cost 100 ms; see cost.ts.
 */
export const DEFAULT_TRIAL_THRESHOLDS: TrialThresholds = Object.freeze({
  bytes: 65_536,
  structs: 256,
  deleteRanges: 512,
  deletedLength: 1_024,
  expectedMs: 20,
});
