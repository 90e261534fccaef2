/**
 * The floor of `durable-edits`: what any server pays that acknowledges an edit after its commit. uWebSockets.js, MessagePack,
 * and one statement for all that is queued, fenced by epoch and head as a journal with one writer has to be. No Yjs, no
 * checks, no accounts, no actors, nothing that others hear of.
 *
 * A message is [n, document, update]; its answer [n, seq], after the commit.
 */

import type { WebSocket } from 'uWebSockets.js';
import { setTimeout as delay } from 'node:timers/promises';
import { Packr } from 'msgpackr';
import pg from 'pg';
import { loadUws } from '../../../src/gateway/listener/uws-module.ts';

/** As long as Stet lets an edit wait for company under load. */
const GATHER_MS = 12;
const EPOCH = 1;
const HEADER_BYTES = 16_384;

interface Edit {
  readonly socket: WebSocket<unknown>;
  readonly n: number;
  readonly update: Uint8Array;
}

const TABLES = `
  create table floor_heads (document_id uuid primary key, epoch bigint not null default ${EPOCH}, head bigint not null default 0)
    with (fillfactor = 50);
  create table floor_updates (document_id uuid not null, seq bigint not null, update bytea not null,
    primary key (document_id, seq))`;
const APPEND = `
  with batch as (
    select * from unnest($1::uuid[], $2::bigint[], $3::int[]) as b (document_id, head, edits)
  ), fenced as (
    update floor_heads h set head = h.head + b.edits from batch b
     where h.document_id = b.document_id and h.epoch = ${EPOCH} and h.head = b.head
    returning h.document_id
  ), logged as (
    insert into floor_updates (document_id, seq, update)
    select f.document_id, e.seq, substr($4::bytea, e.start, e.size)
      from unnest($5::uuid[], $6::bigint[], $7::int[], $8::int[]) as e (document_id, seq, start, size)
      join fenced f on f.document_id = e.document_id
  )
  select count(*)::int as documents from fenced`;

const client = new pg.Client({
  connectionString: process.env.DATABASE_URL,
  options: '-c synchronous_commit=on -c plan_cache_mode=force_generic_plan -c jit=off',
});
await client.connect();
await client.query(TABLES);

const { pack, unpack } = new Packr({ useRecords: false });
const heads = new Map<string, number>();
let queued = new Map<string, Edit[]>();
let writing = false;

const literal = (items: readonly (string | number)[]): string => `{${items.join(',')}}`;

async function commit(batch: ReadonlyMap<string, readonly Edit[]>): Promise<void> {
  const documents = [...batch.keys()];
  const before = documents.map((id) => heads.get(id) ?? 0);
  const edits = [...batch].flatMap(([id, list], at) =>
    list.map((edit, index) => ({ ...edit, id, seq: (before[at] ?? 0) + index + 1 })),
  );
  let end = 1;
  const starts = edits.map(({ update }) => {
    end += update.byteLength;
    return end - update.byteLength;
  });
  const { rows } = await client.query({
    name: 'append',
    text: APPEND,
    values: [
      literal(documents),
      literal(before),
      literal(documents.map((id) => batch.get(id)?.length ?? 0)),
      Buffer.concat(edits.map(({ update }) => update)),
      literal(edits.map(({ id }) => id)),
      literal(edits.map(({ seq }) => seq)),
      literal(starts),
      literal(edits.map(({ update }) => update.byteLength)),
    ],
  });
  if (rows[0]?.documents !== documents.length) throw new Error('somebody else wrote');
  for (const { id, seq } of edits) heads.set(id, seq);
  for (const { socket, n, seq } of edits) socket.send(pack([n, seq]), true);
}

async function write(): Promise<void> {
  writing = true;
  while (queued.size > 0) {
    await delay(GATHER_MS);
    const batch = queued;
    queued = new Map();
    await commit(batch);
  }
  writing = false;
}

const loaded = loadUws(HEADER_BYTES);
if (!loaded.ok) throw new Error(loaded.reason);
const { uws } = loaded;
uws
  .App()
  .ws('/*', {
    message(socket, message) {
      const [n, documentId, update] = unpack(new Uint8Array(message)) as [number, string, Uint8Array];
      // Copied: the message is uWebSockets.js's memory, and the decoder's bytes are a view of it.
      const edit = { socket, n, update: update.slice() };
      const waiting = queued.get(documentId);
      if (waiting) waiting.push(edit);
      else queued.set(documentId, [edit]);
      if (!writing) void write();
    },
  })
  .listen('127.0.0.1', 0, (socket) => {
    if (!socket) throw new Error('cannot listen');
    console.log(`listening at ws://127.0.0.1:${uws.us_socket_local_port(socket)}`);
  });
