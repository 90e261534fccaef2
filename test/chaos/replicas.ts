// Everybody's copies at the end: fresh clients at every node, and the authors who are still there.
import { setTimeout as delay } from 'node:timers/promises';
import * as Y from 'yjs';
import { connect, type EditorClient, type OpenDocument } from '../../src/clients/editor/index.ts';
import type { Author } from './author.ts';
import type { Replica } from './checker.ts';
import type { NodeProcess } from './node-process.ts';

const POLL_MS = 50;

/** Waits until the condition holds, or the time is up; returns whether it holds. */
export async function within(ms: number, condition: () => boolean): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

export interface FreshClients {
  /** Copies as they are now; a document that did not open is an empty copy. */
  replicas(): Replica[];
  close(): Promise<void>;
}

/** Opens every document at every node, and waits for the contents as long as `waitMs`. */
export async function openFresh(
  nodes: readonly NodeProcess[],
  documentIds: readonly string[],
  token: string,
  waitMs: number,
): Promise<FreshClients> {
  const clients: EditorClient[] = [];
  const opened: { name: string; documentId: string; document: OpenDocument }[] = [];
  const synced = new Set<OpenDocument>();
  for (const node of nodes) {
    const client = connect({ url: node.url, token });
    clients.push(client);
    for (const documentId of documentIds) {
      const document = client.open(documentId, { mode: 'view' });
      void document.synced.then(() => synced.add(document));
      opened.push({ name: `a fresh client's copy at node ${node.name}`, documentId, document });
    }
  }
  await within(waitMs, () => synced.size === opened.length);
  return {
    replicas: () =>
      opened.map(({ name, documentId, document }) => ({
        name: synced.has(document) ? name : `${name} (never opened: ${JSON.stringify(document.status.get())})`,
        documentId,
        state: Y.encodeStateAsUpdate(document.ydoc),
      })),
    async close() {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

export function authorsReplicas(authors: readonly Author[]): Replica[] {
  return authors.flatMap((author) => {
    const state = author.state();
    return state ? [{ name: `the copy of author ${author.id}`, documentId: author.documentId, state }] : [];
  });
}
