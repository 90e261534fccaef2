/** Authors of Stet who have a document open each, and do nothing. */
import { connect } from '../../../src/clients/editor/index.ts';
import type { BenchAuthor } from '../support/accounts.ts';

/** Authors who come in at the same time: this measures no rush. */
const TOGETHER = 20;

process.on('message', async ({ url, authors }: { url?: string; authors?: BenchAuthor[] }) => {
  if (url === undefined || authors === undefined) return;
  for (let at = 0; at < authors.length; at += TOGETHER) {
    const open = authors.slice(at, at + TOGETHER).map((one) => connect({ url, token: one.token }).open(one.documentId));
    await Promise.all(open.map(({ synced }) => synced));
  }
  process.send?.({ kind: 'ready' });
});
