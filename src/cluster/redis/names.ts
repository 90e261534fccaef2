/** The names of the cluster's Redis channels under one prefix. */
export class ChannelNames {
  /** Where heartbeats and goodbyes go. */
  readonly beat: string;
  readonly #node: string;
  readonly #named: string;

  constructor(prefix: string) {
    this.beat = `${prefix}beat`;
    this.#node = `${prefix}node:`;
    this.#named = `${prefix}channel:`;
  }

  /** The channel that one node alone listens on. */
  node(nodeId: string): string {
    return this.#node + nodeId;
  }

  /** The node whose channel this is; undefined for other channels. */
  nodeOf(channel: string): string | undefined {
    return channel.startsWith(this.#node) ? channel.slice(this.#node.length) : undefined;
  }

  /** The channel of publications under a name. */
  named(name: string): string {
    return this.#named + name;
  }

  /** The name whose publications come on this channel; undefined for other channels. */
  nameOf(channel: string): string | undefined {
    return channel.startsWith(this.#named) ? channel.slice(this.#named.length) : undefined;
  }
}
