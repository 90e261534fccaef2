/**
 * Who is connected to a port, as Linux tells it (`/proc/net/tcp`, proc(5)). Elsewhere it rejects.
 */

import { readFile } from 'node:fs/promises';
import { addressOfBytes, networkOf } from '../../lib/addresses.ts';

const ESTABLISHED = '01';
const LISTENING = '0A';
/** Lines read at once: a node has thousands of connections, and others wait meanwhile. */
const LINES_AT_ONCE = 2_000;

/** @returns connections by the network at their other end: an IPv4 address, or an IPv6 /64 */
export async function readConnections(port: number): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  await forEach(port, (remote, state) => {
    if (state !== ESTABLISHED) return;
    const network = networkOf(addressOfBytes(bytesOf(remote.slice(0, remote.indexOf(':')))));
    counts.set(network, (counts.get(network) ?? 0) + 1);
  });
  return counts;
}

/** Whether anybody listens on the port, in the network namespace of this process. */
export async function isListening(port: number): Promise<boolean> {
  let found = false;
  await forEach(port, (_remote, state) => {
    found ||= state === LISTENING;
  });
  return found;
}

async function forEach(port: number, see: (remote: string, state: string | undefined) => void): Promise<void> {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const texts = await Promise.all([
    readFile('/proc/self/net/tcp', 'latin1'),
    // Not there where IPv6 is switched off.
    readFile('/proc/self/net/tcp6', 'latin1').catch(() => ''),
  ]);
  for (const text of texts) {
    const lines = text.split('\n');
    for (let at = 1; at < lines.length; at += LINES_AT_ONCE) {
      for (const line of lines.slice(at, at + LINES_AT_ONCE)) {
        const [, local = '', remote = '', state] = line.trim().split(/ +/, 4);
        if (local.endsWith(`:${wanted}`)) see(remote, state);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** Words of 32 bits in the machine's own order, which is little-endian wherever Node 24 runs on Linux but on s390x. */
function bytesOf(hex: string): number[] {
  const words = hex.match(/.{8}/g) ?? [];
  return words.flatMap((word) => [...Buffer.from(word, 'hex')].reverse());
}
