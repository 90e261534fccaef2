/**
 * Loads uWebSockets.js, where the host lets it: it is a native module that needs glibc 2.38 and a Node it was built for.
 * It does not decide what happens where it cannot load.
 */
import { createRequire } from 'node:module';

/** The module's types leave the constant out. */
export type Uws = typeof import('uWebSockets.js') & { LIBUS_LISTEN_EXCLUSIVE_PORT: number };
export type UwsLoad = { ok: true; uws: Uws } | { ok: false; reason: string };

/**
 * The native module, or why it cannot load. It reads its limit for heads from the environment when it is loaded,
 * once a process: the first call's figure stands.
 */
export function loadUws(maxHeaderBytes: number): UwsLoad {
  process.env.UWS_HTTP_MAX_HEADERS_SIZE ??= String(maxHeaderBytes);
  try {
    return { ok: true, uws: createRequire(import.meta.url)('uWebSockets.js') as Uws };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // The last line is the system loader's; the ones before advise about Node versions in general.
    return { ok: false, reason: message.trim().split('\n').at(-1) ?? message };
  }
}
