/**
 * How a node ends (DESIGN, section 6): nothing new comes in, clients move to other nodes and take their documents along,
 * what is left is flushed and released, and every part is closed in its order (`parts.ts`).
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Listener } from '../gateway/listener/listener.ts';
import type { Actors } from './actors.ts';
import type { Background } from './background.ts';
import type { NodeContext } from './context.ts';
import type { PublicParts } from './public.ts';
import { LAST_TEXTS_MS, readersSpreadMs, writersSpreadMs } from './settings.ts';
import type { Sockets } from './sockets.ts';

export interface ShutdownPorts {
  listener: Listener;
  sockets: Sockets;
  actors: Actors;
  background: Background;
  published: PublicParts;
}

/** @returns drains and closes; it resolves by the deadline of the configuration, and does it once however often it is called */
export function createShutdown(context: NodeContext, ports: ShutdownPorts): () => Promise<void> {
  const { config } = context;
  let stopping: Promise<void> | undefined;
  return () => {
    stopping ??= Promise.race([shutDown(context, ports), delay(config.drainMs, undefined, { ref: false })]);
    return stopping;
  };
}

async function shutDown(
  { config, log, drain, parts }: NodeContext,
  { listener, sockets, actors, background, published }: ShutdownPorts,
): Promise<void> {
  const { realtime, draftSubscribers, viewers, widget } = sockets;
  const { documents, router } = actors;
  drain.begin();
  const clients = {
    sockets: realtime.count(),
    followers: draftSubscribers.count(),
    viewers: viewers.count(),
    widgets: widget.count(),
  };
  log.info({ ...clients, documents: documents.count() }, 'draining');
  listener.stopAccepting();
  draftSubscribers.stop();
  await Promise.race([background.flushTexts(), delay(LAST_TEXTS_MS, undefined, { ref: false })]);
  router.stop();
  documents.beginDrain();
  // Authors write on here until each is connected elsewhere; their documents follow them.
  const writersMs = writersSpreadMs(realtime.count() + draftSubscribers.count(), config);
  await Promise.all([
    realtime.drain(writersMs),
    draftSubscribers.drain(writersMs),
    viewers.drain(readersSpreadMs(viewers.count(), config)),
    widget.drain(readersSpreadMs(widget.count(), config)),
  ]);
  // Event streams end with it: else the listener would wait for them.
  published.channels.close();
  await documents.drain();
  await parts.close();
  log.info({ tookMs: Math.round(drain.elapsedMs()) }, 'stopped');
}
