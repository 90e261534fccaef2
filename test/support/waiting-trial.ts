/** Stands in for the worker of a trial where the machine is busy: the update takes half a second, and no processor time. */
import { parentPort } from 'node:worker_threads';
import type { TrialMessage } from '../../src/actors/document/update/trial-worker.ts';

const WAIT_MS = 500;
const send = (message: TrialMessage): void => parentPort?.postMessage(message);

parentPort?.on('message', () => {
  send({ kind: 'loaded', spent: process.threadCpuUsage() });
  setTimeout(() => send({ kind: 'done', applied: true }), WAIT_MS);
});
send({ kind: 'ready' });
