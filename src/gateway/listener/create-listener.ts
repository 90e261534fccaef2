/** Chooses the listener of this process: uWebSockets.js where it loads, node:http where it does not. */
import type { Listener, ListenerOptions } from './listener.ts';
import { NodeListener } from './node-listener.ts';
import { UwsListener } from './uws-listener.ts';
import { loadUws } from './uws-module.ts';

/** `auto` takes uWS if it loads; the log says which it is, and why. Throws if `uws` is asked for and cannot load. */
export async function createListener(kind: 'auto' | 'uws' | 'node', options: ListenerOptions): Promise<Listener> {
  const { log, limits } = options;
  if (kind === 'node') {
    log.info({ listener: 'node', asked: kind }, 'listener: node:http, as set');
    return new NodeListener(options);
  }
  const loaded = loadUws(limits.maxHeaderBytes);
  if (loaded.ok) {
    log.info({ listener: 'uws', asked: kind }, 'listener: uWebSockets.js');
    return new UwsListener(loaded.uws, options);
  }
  if (kind === 'uws') throw new Error(`could not load uWebSockets.js: ${loaded.reason}`);
  log.warn({ listener: 'node', asked: kind, reason: loaded.reason }, 'listener: node:http, uWebSockets.js cannot load');
  return new NodeListener(options);
}
