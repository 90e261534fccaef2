/**
 * Bytes of answers that wait for their clients to read: of the process, of each address, of each connection. It does not
 * know sockets: whoever waits gives a way to cut the connection.
 *
 * I9: a buffer counts once for the process and once for an address, however many connections wait for it: that is what it
 * costs. When there is too much, the connection goes that has waited longest without progress, of the address that waits
 * for most. How long a connection may wait without progress is the listeners' business.
 */
export interface UnreadLimits {
  /** Of all connections together. */
  maxUnreadBytes: number;
  maxUnreadBytesPerAddress: number;
  maxUnreadBytesPerConnection: number;
}

/** Buffers, each counted once. */
class Tally {
  bytes = 0;
  readonly #uses = new Map<ArrayBufferLike, number>();

  add(buffer: ArrayBufferLike): void {
    const uses = this.#uses.get(buffer) ?? 0;
    this.#uses.set(buffer, uses + 1);
    if (uses === 0) this.bytes += buffer.byteLength;
  }

  remove(buffer: ArrayBufferLike): void {
    const uses = this.#uses.get(buffer) ?? 0;
    if (uses > 1) {
      this.#uses.set(buffer, uses - 1);
    } else if (uses === 1) {
      this.#uses.delete(buffer);
      this.bytes -= buffer.byteLength;
    }
  }
}

interface Address {
  readonly name: string;
  readonly tally: Tally;
  /** In the order of their last progress. */
  readonly connections: Set<UnreadOfConnection>;
}

/** What one connection waits with. */
export class UnreadOfConnection {
  readonly address: Address;
  readonly cut: () => void;
  readonly #all: UnreadBytes;
  readonly #buffers: ArrayBufferLike[] = [];
  #bytes = 0;
  #over = false;

  constructor(all: UnreadBytes, address: Address, cut: () => void) {
    this.#all = all;
    this.address = address;
    this.cut = cut;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** One more waits. The connection may be cut before this returns, and others. */
  add(buffer: ArrayBufferLike): void {
    if (this.#over) return;
    this.#buffers.push(buffer);
    this.#bytes += buffer.byteLength;
    this.#all.added(this, buffer);
  }

  /** The client took some of it. */
  progressed(): void {
    if (this.#over) return;
    this.address.connections.delete(this);
    this.address.connections.add(this);
  }

  /** The client took the buffer that was added first. */
  tookFirst(): void {
    const buffer = this.#buffers.shift();
    if (buffer === undefined) return;
    this.#bytes -= buffer.byteLength;
    this.#all.removed(this, buffer);
    this.progressed();
  }

  /** Nothing waits any more, or the connection is gone. May be called again. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    for (const buffer of this.#buffers.splice(0)) this.#all.removed(this, buffer);
    this.#bytes = 0;
    this.#all.ended(this);
  }
}

export class UnreadBytes {
  readonly #limits: UnreadLimits;
  readonly #tally = new Tally();
  readonly #addresses = new Map<string, Address>();
  #cuts = 0;

  constructor(limits: UnreadLimits) {
    this.#limits = limits;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#tally.bytes;
  }

  /** Connections that were cut for too much of it. */
  get cuts(): number {
    return this.#cuts;
  }

  /** @param cut ends the connection; what it waits with counts no more then */
  open(addressName: string, cut: () => void): UnreadOfConnection {
    let address = this.#addresses.get(addressName);
    if (!address) {
      address = { name: addressName, tally: new Tally(), connections: new Set() };
      this.#addresses.set(addressName, address);
    }
    const connection = new UnreadOfConnection(this, address, cut);
    address.connections.add(connection);
    return connection;
  }

  added(connection: UnreadOfConnection, buffer: ArrayBufferLike): void {
    const { address } = connection;
    const { maxUnreadBytes, maxUnreadBytesPerAddress, maxUnreadBytesPerConnection } = this.#limits;
    address.tally.add(buffer);
    this.#tally.add(buffer);
    if (connection.bytes > maxUnreadBytesPerConnection) this.#cut(connection);
    while (address.tally.bytes > maxUnreadBytesPerAddress) this.#cutOneOf(address);
    while (this.#tally.bytes > maxUnreadBytes) this.#cutOneOf(this.#largest());
  }

  removed({ address }: UnreadOfConnection, buffer: ArrayBufferLike): void {
    address.tally.remove(buffer);
    this.#tally.remove(buffer);
  }

  ended(connection: UnreadOfConnection): void {
    const { address } = connection;
    address.connections.delete(connection);
    if (address.connections.size === 0) this.#addresses.delete(address.name);
  }

  #largest(): Address {
    let largest: Address | undefined;
    for (const address of this.#addresses.values()) {
      if (!largest || address.tally.bytes > largest.tally.bytes) largest = address;
    }
    if (!largest) throw new Error('bytes wait that no address waits with');
    return largest;
  }

  #cutOneOf(address: Address): void {
    for (const connection of address.connections) {
      if (connection.bytes === 0) continue;
      this.#cut(connection);
      return;
    }
    throw new Error('bytes of an address wait that no connection waits with');
  }

  #cut(connection: UnreadOfConnection): void {
    // First, so that whatever the cut does, this one counts no more.
    connection.end();
    this.#cuts += 1;
    connection.cut();
  }
}
