// A process that sends webhooks until it is killed: `node webhook-child.ts <database URL>`.

import { createDeliveryQueue } from '../../src/storage/postgres/webhooks/queue.ts';
import { createWebhookSender } from '../../src/webhooks/sender.ts';
import { openOrm } from './orm.ts';
import { silentLog } from './silent-log.ts';

const orm = await openOrm(process.argv[2] ?? '', 2);
const clock = { now: Date.now };
createWebhookSender({
  queue: createDeliveryQueue(orm, clock),
  clock,
  log: silentLog,
  random: Math.random,
  allowPrivate: true,
  limits: { timeoutMs: 60_000, editMs: 0, pollMs: 10 },
});
