/** Nodes for which messages of the cluster are lost, or are all there is. */
import type { Replacements } from '../../src/main.ts';
import type { Cluster } from '../../src/ports/cluster.ts';

/** Nothing is compared with the database: a node hears of changes by notices alone. */
export const NOTICES_ALONE: Replacements = { recheckMs: 3_600_000 };

/** Notices of documents, of publications, and of users' access and sessions. */
export const NOTICES = /^(document:|user:|publications$)/;

/** A node that hears nothing on such channels. Its link is up, as it would be when the sender's is down. */
export const deafTo = (channels: RegExp): Replacements => ({
  cluster: (cluster): Cluster => ({
    ...cluster,
    subscribe: (channel, handler, onPlaced) =>
      cluster.subscribe(channel, channels.test(channel) ? () => undefined : handler, onPlaced),
  }),
});

/** What a node sends to others: on a channel, or to one node under a topic. */
export interface Sending {
  /** The channel, or the node. */
  readonly to: string;
  /** Of a post. */
  readonly topic: string | undefined;
}

/** A node whose messages to others are lost on the way when a test says so. */
export const losing = (isLost: (sending: Sending) => boolean): Replacements => ({
  cluster: (cluster): Cluster => ({
    ...cluster,
    publish(channel, value) {
      if (!isLost({ to: channel, topic: undefined })) cluster.publish(channel, value);
    },
    post(node, topic, value) {
      if (!isLost({ to: node, topic })) cluster.post(node, topic, value);
    },
  }),
});
