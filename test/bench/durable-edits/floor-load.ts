/** Authors of the floor: a Yjs document and a plain WebSocket each; edits go out one by one, as they are typed. */
import { once } from 'node:events';
import { Packr } from 'msgpackr';
import WebSocket from 'ws';
import * as Y from 'yjs';
import type { BenchAuthor } from '../support/accounts.ts';
import { serveTyping, type Typist } from './typing.ts';

const { pack, unpack } = new Packr({ useRecords: false });

serveTyping(async (task) => {
  const { url, authors } = task as { url: string; authors: BenchAuthor[] };
  return Promise.all(
    authors.map(async ({ documentId }): Promise<Typist> => {
      const ydoc = new Y.Doc();
      const text = ydoc.getText('body');
      const socket = new WebSocket(url, { perMessageDeflate: false });
      await once(socket, 'open');
      let sent = 0;
      ydoc.on('update', (update: Uint8Array) => {
        sent += 1;
        socket.send(pack([sent, documentId, update]));
      });
      return {
        type: () => text.insert(text.length, 'x'),
        onAcknowledged: (listener) => {
          socket.on('message', (message: Buffer) => {
            if ((unpack(message) as [number, number])[0] === sent) listener();
          });
        },
      };
    }),
  );
});
