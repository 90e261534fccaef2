/** Notifies all nodes of publications and changes of documents: subscribers of the document, and the public caches. */
import type { Cluster } from '../ports/cluster.ts';
import { type DocumentNotice, documentChannel } from '../ports/notices.ts';
import { PUBLICATIONS, type PublicationNotice } from '../ports/public-reads.ts';

const PREFIX = documentChannel('');

/** @returns what the publisher and the API call after a commit */
export function createNotify(cluster: Pick<Cluster, 'publish'>): (channel: string, notice: DocumentNotice) => void {
  return (channel, notice) => {
    // The caches first: subscribers read the revision when they get its notice.
    if (channel.startsWith(PREFIX)) {
      const { kind } = notice;
      cluster.publish(PUBLICATIONS, { documentId: channel.slice(PREFIX.length), kind } satisfies PublicationNotice);
    }
    cluster.publish(channel, notice);
  };
}
