// Reads what the database holds of drafts, as it is: nothing is filtered or repaired on the way.
import pg from 'pg';
import type { DocumentEvidence } from './checker.ts';

/** Throws when the database cannot be reached. */
export async function readEvidence(databaseUrl: string, documentIds: readonly string[]): Promise<DocumentEvidence[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const read = async (sql: string, documentId: string): Promise<Record<string, unknown>[]> =>
      (await client.query<Record<string, unknown>>(sql, [documentId])).rows;
    const evidence: DocumentEvidence[] = [];
    // One state of the whole database: nobody writes any more, and if somebody does, it shows as a difference later.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    for (const documentId of documentIds) {
      const [head] = await read('SELECT head_seq FROM draft_heads WHERE document_id = $1', documentId);
      if (!head) continue;
      const rows = await read(
        'SELECT seq, user_id, update FROM draft_updates WHERE document_id = $1 ORDER BY seq',
        documentId,
      );
      const snapshots = await read('SELECT seq, state FROM draft_snapshots WHERE document_id = $1', documentId);
      const clients = await read('SELECT client_id, user_id FROM draft_clients WHERE document_id = $1', documentId);
      evidence.push({
        documentId,
        headSeq: Number(head.head_seq),
        rows: rows.map((row) => ({
          seq: Number(row.seq),
          userId: String(row.user_id),
          update: row.update as Uint8Array,
        })),
        snapshots: snapshots.map((row) => ({ seq: Number(row.seq), state: row.state as Uint8Array })),
        clients: new Map(clients.map((row) => [Number(row.client_id), String(row.user_id)])),
      });
    }
    return evidence;
  } finally {
    await client.end();
  }
}

/** The newest revision of each document that has one. */
export async function readRevisions(databaseUrl: string, documentIds: readonly string[]): Promise<Map<string, number>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ document_id: string; newest: number }>(
      'SELECT document_id, max(number) AS newest FROM revisions WHERE document_id = ANY($1::uuid[]) GROUP BY document_id',
      [documentIds],
    );
    return new Map(rows.map((row) => [row.document_id, row.newest]));
  } finally {
    await client.end();
  }
}

/** Which node (by name) owns each document at the moment; empty when the database cannot be asked. */
export async function readOwners(databaseUrl: string): Promise<Map<string, string>> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 500, query_timeout: 500 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(
      'SELECT document_id, owner_node FROM draft_heads WHERE owner_node IS NOT NULL',
    );
    // A node's id is its name and a random part.
    return new Map(rows.map((row) => [String(row.document_id), String(row.owner_node).replace(/\.[^.]*$/, '')]));
  } catch {
    return new Map();
  } finally {
    await client.end().catch(() => undefined);
  }
}
