/**
 * The worker side of a trial: applies one update to a copy of a document and reports the result.
 * It keeps nothing between jobs; its parent ends it when it takes too long or too much memory.
 */
import { parentPort } from 'node:worker_threads';
import { applyUpdate, Doc } from 'yjs';

/** A job; both buffers belong to the worker. */
export type TrialJob = { readonly state: Uint8Array; readonly update: Uint8Array };

/** `ready` once at the start; `loaded` and `done` for each job, in this order. */
export type TrialMessage =
  | { readonly kind: 'ready' }
  /** With the processor time of this thread so far. */
  | { readonly kind: 'loaded'; readonly spent: NodeJS.CpuUsage }
  | { readonly kind: 'done'; readonly applied: boolean };

const port = parentPort;
if (port === null) throw new Error('trial-worker.ts runs as a worker only');

function send(message: TrialMessage): void {
  port?.postMessage(message);
}

function tryOut({ state, update }: TrialJob): void {
  const doc = new Doc();
  applyUpdate(doc, state);
  send({ kind: 'loaded', spent: process.threadCpuUsage() });
  let applied = false;
  try {
    applyUpdate(doc, update);
    applied = doc.store.pendingStructs === null && doc.store.pendingDs === null;
  } catch {
    applied = false;
  }
  send({ kind: 'done', applied });
}

port.on('message', tryOut);
send({ kind: 'ready' });
