/** Webhooks on a real database with real receivers: users and documents made by hand, senders, a clock to turn. */

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import type { NewWebhook, WebhookEvent, WebhookWithSecret } from '../../schemas/http.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { enqueueWebhooks } from '../../src/storage/postgres/enqueue-webhooks.ts';
import { createDeliveryLog } from '../../src/storage/postgres/webhooks/deliveries.ts';
import { createDeliveryQueue } from '../../src/storage/postgres/webhooks/queue.ts';
import { createWebhookStore } from '../../src/storage/postgres/webhooks/webhooks.ts';
import { createWebhookSender, type WebhookLimits, type WebhookSenderOptions } from '../../src/webhooks/sender.ts';
import { newSecret, secretText } from '../../src/webhooks/signature.ts';
import { checkTarget } from '../../src/webhooks/targets.ts';
import { openOrm } from './orm.ts';
import { migratedDatabase } from './shared-services.ts';
import { silentLog } from './silent-log.ts';
import { TurnedClock } from './turned-clock.ts';

/** A clock to turn, an hour ahead of the database, so that what is enqueued now is due. */
export const clockAhead = (): TurnedClock => new TurnedClock(Date.now() + 3_600_000);

export interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly path: string;
}

export interface Receiver {
  readonly port: number;
  readonly url: string;
  readonly received: Received[];
  /** Of what was received, the ids in order. */
  ids(): string[];
  /** Connections that are open. */
  open(): number;
}

type Answer = (response: ServerResponse, received: Received, count: number) => void;

/** An HTTP server on loopback that writes down what it gets; answers 204 unless the test says otherwise. */
export async function startReceiver(
  t: ExecutionContext,
  answer: Answer = (response) => response.writeHead(204).end(),
  address = '127.0.0.1',
  atPort = 0,
): Promise<Receiver> {
  const received: Received[] = [];
  let open = 0;
  const server = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      const got = { headers, body: Buffer.concat(chunks).toString(), path: request.url ?? '' };
      received.push(got);
      answer(response, got, received.length);
    });
  });
  server.on('connection', (socket) => {
    open += 1;
    socket.on('close', () => {
      open -= 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(atPort, address, resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${address}:${port}/hook`,
    received,
    ids: () => received.map(({ headers }) => headers['webhook-id'] ?? ''),
    open: () => open,
  };
}

export const ALL_EVENTS: WebhookEvent[] = [
  'document.published',
  'document.unpublished',
  'document.edited',
  'media.ready',
];

export async function createHooks(t: ExecutionContext, clock: Clock = { now: Date.now }) {
  const databaseUrl = await migratedDatabase();
  const orm = await openOrm(databaseUrl, 8);
  // Senders first: they hand back what they hold.
  const senders: { close(): Promise<void> }[] = [];
  t.teardown(async () => {
    await Promise.all(senders.map((sender) => sender.close()));
    await orm.close();
  });
  const check = { allowPrivate: true };
  const webhooks = createWebhookStore({
    orm,
    clock,
    checkTarget: (url) => checkTarget(url, check.allowPrivate),
    newSecret,
    secretText,
  });
  const sql = <Row>(text: string, values: unknown[] = []) => orm.query<Row>(text, values);

  async function user(): Promise<string> {
    const id = randomUUID();
    await sql(`insert into users (id, handle, password_hash, role) values ($1, $2, 'none', 'author')`, [
      id,
      `u${id.slice(0, 8)}`,
    ]);
    return id;
  }
  const grant = (documentId: string, userId: string) =>
    sql(`insert into grants (document_id, user_id, level) values ($1, $2, 'view')`, [documentId, userId]);
  async function document(owner: string): Promise<string> {
    const id = randomUUID();
    await sql(`insert into documents (id, title, owner_id) values ($1, 'A text', $2)`, [id, owner]);
    await sql(`insert into grants (document_id, user_id, level) values ($1, $2, 'own')`, [id, owner]);
    return id;
  }
  async function webhook(userId: string, url: string, more: Partial<NewWebhook> = {}): Promise<WebhookWithSecret> {
    const made = await webhooks.create({ kind: 'user', userId }, userId, { url, events: ALL_EVENTS, ...more });
    if (!made.ok) throw new Error(made.detail ?? made.error.code);
    return made.webhook;
  }
  const enqueue = (documentId: string, event: WebhookEvent, payload: object = {}) =>
    enqueueWebhooks((text, values) => sql(text, values), [{ event, documentId, payload }]);

  type Options = Partial<Omit<WebhookSenderOptions, 'limits'>> & { limits?: Partial<WebhookLimits> };
  function sender({ limits, ...options }: Options = {}) {
    const made = createWebhookSender({
      queue: createDeliveryQueue(orm, clock),
      clock,
      log: silentLog,
      random: () => 0.5,
      allowPrivate: true,
      ...options,
      limits: { timeoutMs: 30_000, editMs: 0, pollMs: 5, ...limits },
    });
    senders.push(made);
    return made;
  }

  return {
    databaseUrl,
    orm,
    clock,
    sql,
    check,
    webhooks,
    deliveries: createDeliveryLog(orm, clock),
    queue: createDeliveryQueue(orm, clock),
    user,
    grant,
    document,
    webhook,
    enqueue,
    sender,
    /** The log of a webhook, oldest first. */
    async log(userId: string, webhookId: string) {
      const page = await createDeliveryLog(orm, clock).list(userId, webhookId, { limit: 200, after: undefined });
      return page?.deliveries.toReversed() ?? [];
    },
  };
}
export type Hooks = Awaited<ReturnType<typeof createHooks>>;
