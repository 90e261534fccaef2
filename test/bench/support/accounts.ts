/** Authors for a benchmark, written straight into the database: hashing a password each would outlast the run. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import type { Checkout } from './checkout.ts';

export interface BenchAuthor {
  userId: string;
  documentId: string;
  token: string;
}

/** Makes `count` users, each with a session and a document of their own. */
export async function createAuthors(databaseUrl: string, count: number): Promise<BenchAuthor[]> {
  const authors = Array.from({ length: count }, () => ({
    userId: randomUUID(),
    documentId: randomUUID(),
    token: randomBytes(32).toString('base64url'),
  }));
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const users = authors.map(({ userId }) => userId);
  const documents = authors.map(({ documentId }) => documentId);
  const hashes = authors.map(({ token }) => createHash('sha256').update(token).digest());
  await client.query(
    `insert into users (id, handle, password_hash, role)
     select id, 'bench-' || row_number() over (), '-', 'author' from unnest($1::uuid[]) as u(id)`,
    [users],
  );
  await client.query(
    `insert into sessions (user_id, token_hash, expires_at)
     select user_id, token_hash, now() + interval '1 day' from unnest($1::uuid[], $2::bytea[]) as s(user_id, token_hash)`,
    [users, hashes],
  );
  await client.query(
    `insert into documents (id, title, owner_id)
     select id, 'Benchmark', owner from unnest($1::uuid[], $2::uuid[]) as d(id, owner)`,
    [documents, users],
  );
  await client.query(
    `insert into grants (document_id, user_id, level)
     select document_id, user_id, 'own' from unnest($1::uuid[], $2::uuid[]) as g(document_id, user_id)`,
    [documents, users],
  );
  await client.query('insert into draft_heads (document_id) select * from unnest($1::uuid[])', [documents]);
  await client.end();
  return authors;
}

/** The same as the checkout itself makes them: the tables are its own. */
export async function createAuthorsOf(checkout: Checkout, databaseUrl: string, count: number): Promise<BenchAuthor[]> {
  const file = pathToFileURL(join(checkout.root, 'test/bench/support/accounts.ts')).href;
  const accounts = (await import(file)) as { createAuthors: typeof createAuthors };
  return accounts.createAuthors(databaseUrl, count);
}
