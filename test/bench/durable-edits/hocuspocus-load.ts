/** Authors of Hocuspocus: its own provider, one document and one socket each. */
import { HocuspocusProvider } from '@hocuspocus/provider';
import WebSocket from 'ws';
import * as Y from 'yjs';
import type { BenchAuthor } from '../support/accounts.ts';
import { serveTyping, type Typist } from './typing.ts';

Object.assign(globalThis, { WebSocket });

serveTyping(async (task) => {
  const { url, authors } = task as { url: string; authors: BenchAuthor[] };
  return Promise.all(
    authors.map(async ({ documentId }): Promise<Typist> => {
      const ydoc = new Y.Doc();
      const provider = new HocuspocusProvider({ url, name: documentId, document: ydoc });
      await new Promise<void>((resolve) => provider.on('synced', () => resolve()));
      const text = ydoc.getText('body');
      return {
        type: () => text.insert(text.length, 'x'),
        onAcknowledged: (listener) => {
          provider.on('unsyncedChanges', ({ number }: { number: number }) => {
            if (number === 0) listener();
          });
        },
      };
    }),
  );
});
