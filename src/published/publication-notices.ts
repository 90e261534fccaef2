/** Notifies all nodes of publications and changes of documents: subscribers of the document, and the public caches. */
import type { Cluster } from '../ports/cluster.ts';
import { documentChannel, type Notify } from '../ports/notices.ts';
import { PUBLICATIONS, type PublicationNotice } from '../ports/public-reads.ts';

const PREFIX = documentChannel('');

/** @returns what the publisher and the API call after a commit */
export function createNotify(cluster: Pick<Cluster, 'publish'>): Notify {
  return (channel, notice, lists) => {
    // The caches first: subscribers read the revision when they get its notice.
    if (channel.startsWith(PREFIX)) {
      const { kind } = notice;
      const documentId = channel.slice(PREFIX.length);
      cluster.publish(PUBLICATIONS, { documentId, kind, ...lists } satisfies PublicationNotice);
    }
    cluster.publish(channel, notice);
  };
}
