/** Authors of Stet: the SDK, one document and one socket each. */
import { connect } from '../../../src/clients/editor/index.ts';
import type { BenchAuthor } from '../support/accounts.ts';
import { serveTyping, type Typist } from './typing.ts';

serveTyping(async (task) => {
  const { url, authors } = task as { url: string; authors: BenchAuthor[] };
  return Promise.all(
    authors.map(async ({ documentId, token }): Promise<Typist> => {
      const document = connect({ url, token }).open(documentId);
      await document.synced;
      const text = document.ydoc.getText('body');
      return {
        type: () => text.insert(text.length, 'x'),
        onAcknowledged: (listener) => {
          document.status.subscribe(({ kind }) => {
            if (kind === 'saved') listener();
          });
        },
      };
    }),
  );
});
