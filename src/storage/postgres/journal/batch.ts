/**
 * What one group commit writes: entries of many documents, in the form that the append statement takes. Pure; knows
 * neither the connection nor the actors.
 */
import type { Entry } from '../../../ports/journal.ts';

/** Consecutive entries of one document, waiting or being written. */
export interface Portion {
  readonly documentId: string;
  readonly epoch: number;
  /** Head of the journal before the first entry. */
  readonly baseSeq: number;
  readonly entries: Entry[];
}

/** The parameters of the append statement; `bindings` says which of its two forms is meant. */
export interface AppendParameters {
  readonly values: unknown[];
  readonly bindings: boolean;
  readonly bytes: number;
}

const literal = (items: readonly (string | number)[]): string => `{${items.join(',')}}`;

/** Arrays are passed as PostgreSQL literals made here: uuids and integers need no quoting. */
export function appendParameters(portions: readonly Portion[]): AppendParameters {
  const documents: string[] = [];
  const epochs: number[] = [];
  const bases: number[] = [];
  const counts: number[] = [];
  const documentOf: number[] = [];
  const seqs: number[] = [];
  const users: string[] = [];
  const sessions: string[] = [];
  const starts: number[] = [];
  const sizes: number[] = [];
  const chunks: Uint8Array[] = [];
  const boundDocument: number[] = [];
  const boundClient: number[] = [];
  const boundUser: string[] = [];
  let bytes = 0;

  for (const [index, portion] of portions.entries()) {
    documents.push(portion.documentId);
    epochs.push(portion.epoch);
    bases.push(portion.baseSeq);
    counts.push(portion.entries.length);
    let seq = portion.baseSeq;
    for (const { update, author, newClients } of portion.entries) {
      seq += 1;
      documentOf.push(index + 1);
      seqs.push(seq);
      users.push(author.userId);
      sessions.push(author.sessionId);
      starts.push(bytes + 1);
      sizes.push(update.byteLength);
      chunks.push(update);
      bytes += update.byteLength;
      for (const client of newClients) {
        boundDocument.push(index + 1);
        boundClient.push(client);
        boundUser.push(author.userId);
      }
    }
  }

  const values: unknown[] = [
    literal(documents),
    literal(epochs),
    literal(bases),
    literal(counts),
    literal(documentOf),
    literal(seqs),
    literal(users),
    literal(sessions),
    literal(starts),
    literal(sizes),
    Buffer.concat(chunks, bytes),
  ];
  const bindings = boundClient.length > 0;
  if (bindings) values.push(literal(boundDocument), literal(boundClient), literal(boundUser));
  return { values, bindings, bytes };
}
