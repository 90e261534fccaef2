/**
 * The bare contender of `api`: Hono on the same listener, the same SQL for each request, answers of the same size, and
 * nothing else. It trusts whoever asks, takes any body, and keeps no draft in memory.
 */
import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import pg from 'pg';
import { createListener } from '../../../src/gateway/listener/create-listener.ts';
import { UnreadBytes } from '../../../src/gateway/listener/unread-bytes.ts';
import { silentLog } from '../../support/silent-log.ts';

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: 8,
  options: '-c synchronous_commit=on',
});

const ROLE =
  'select level from grants g join documents d on d.id = g.document_id where g.document_id = $1 and d.deleted_at is null';
const READ = `
  select d.id, coalesce(d.name, d.slug) as slug, d.title, d.summary, d.visibility, d.published_revision, g.level, o.handle, h.head_seq::float8 as seq
    from grants g join documents d on d.id = g.document_id join users o on o.id = d.owner_id
    join draft_heads h on h.document_id = d.id
   where d.id = $1 and d.deleted_at is null`;
const APPEND = `
  with moved as (
    update draft_heads set head_seq = head_seq + 1, edited_at = now() where document_id = $1 returning document_id, head_seq
  )
  insert into draft_updates (document_id, seq, user_id, session_id, update)
  select document_id, head_seq, $2, $2, $3 from moved returning seq::float8 as seq`;
const PUBLISH = [
  'select id from documents where id = $1 for update',
  'select level from grants where document_id = $1',
  `insert into revisions (document_id, number, title, summary, body, seq, published_by)
   select d.id, coalesce((select max(number) from revisions where document_id = d.id), 0) + 1, d.title, d.summary, $2, 1, d.owner_id
     from documents d where d.id = $1`,
  `update documents set published_revision = (select max(number) from revisions where document_id = $1), published_at = now()
    where id = $1`,
  `insert into audit_events (id, at, actor_kind, action, target_kind, target_id, outcome)
   select audit_event_id(at), at, 'user', 'document.published', 'document', $1, 'ok' from clock_timestamp() as at`,
  'select id from webhooks where active and document_id = $1',
];

const paragraph = (index: number) => ({
  type: 'paragraph',
  content: [{ type: 'text', text: `Paragraph ${index}: ${'word '.repeat(20)}`.trim() }],
});
const BODY = { type: 'doc', content: Array.from({ length: 20 }, (_, index) => paragraph(index)) };
const DRAFT = JSON.stringify({ seq: 1, epoch: 1, title: 'Benchmark', summary: '', body: BODY });
/** As long as what appending a paragraph makes. */
const UPDATE = createHash('sha512').update('a').digest();
const NOBODY = '00000000-0000-4000-8000-000000000000';

const app = new Hono().basePath('/v1/documents/:id');
app.get('/draft', async (c) => {
  await pool.query({ name: 'read', text: READ, values: [c.req.param('id')] });
  return c.body(DRAFT, 200, { 'content-type': 'application/json' });
});
app.post('/draft/blocks', async (c) => {
  const id = c.req.param('id');
  await c.req.json();
  await pool.query({ name: 'role', text: ROLE, values: [id] });
  const { rows } = await pool.query({ name: 'append', text: APPEND, values: [id, NOBODY, UPDATE] });
  return c.json({ seq: rows[0]?.seq });
});
app.post('/publish', async (c) => {
  const id = c.req.param('id');
  const client = await pool.connect();
  try {
    await client.query('begin');
    for (const [index, text] of PUBLISH.entries()) {
      const values = text.includes('$2') ? [id, JSON.stringify(BODY)] : [id];
      await client.query({ name: `publish-${index}`, text, values });
    }
    await client.query('commit');
  } finally {
    client.release();
  }
  return c.json({ number: 1, title: 'Benchmark', summary: '', seq: 1, publishedBy: 'bench-1', current: true }, 201);
});

const listener = await createListener('auto', {
  fetch: (request) => app.fetch(request),
  unread: new UnreadBytes({
    maxUnreadBytes: 512 * 1_048_576,
    maxUnreadBytesPerAddress: 512 * 1_048_576,
    maxUnreadBytesPerConnection: 64 * 1_048_576,
  }),
  limits: {
    maxBodyBytes: 1_048_576,
    maxBufferedBodyBytes: 1_048_576,
    maxHeaderBytes: 16_384,
    headersTimeoutMs: 10_000,
    keepAliveTimeoutMs: 30_000,
    requestTimeoutMs: 60_000,
    maxConnections: 10_000,
    maxConnectionsPerAddress: 10_000,
    unreadTimeoutMs: 30_000,
    socketIoMaxBackpressureBytes: 1_048_576,
  },
  log: silentLog,
});
const { port } = await listener.listen({ host: '127.0.0.1', port: 0 });
console.log(`listening at http://127.0.0.1:${port}`);
process.on('SIGTERM', () => process.exit());
