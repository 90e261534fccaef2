// The network between one author and the nodes: a relay for each node, through which the author's SDK connects. It can
// go dead in the ways that networks do, and it knows which node the author is connected to.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * `through`: works. `refused`: connections break, new ones are refused at once. `silent`: nothing is delivered and
 * no side gets a notice.
 */
export type GateMode = 'through' | 'refused' | 'silent';

interface Relay {
  readonly node: number;
  readonly near: Socket;
  readonly far: Socket;
}

export class Gate {
  readonly #targets: readonly number[];
  readonly #servers: Server[] = [];
  readonly #relays = new Set<Relay>();
  #mode: GateMode = 'through';

  private constructor(targets: readonly number[]) {
    this.#targets = targets;
  }

  /** @param targets the nodes' ports on loopback */
  static async open(targets: readonly number[]): Promise<Gate> {
    const gate = new Gate(targets);
    for (const [node, port] of targets.entries()) {
      const server = createServer((near) => gate.#relay(node, port, near));
      server.unref();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
      });
      gate.#servers.push(server);
    }
    return gate;
  }

  /** One for each node, in the nodes' order. */
  get urls(): string[] {
    return this.#servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  /** The node that the newest connection leads to; undefined without one. */
  get node(): number | undefined {
    return [...this.#relays].at(-1)?.node;
  }

  setMode(mode: GateMode): void {
    this.#mode = mode;
    if (mode === 'silent') {
      for (const { near, far } of this.#relays) {
        near.pause();
        far.pause();
      }
      return;
    }
    // Connections that were silent are dead by now to at least one side: they end like all others.
    this.cut();
  }

  /** Breaks every connection; new ones are treated as the mode says. */
  cut(): void {
    for (const { near, far } of this.#relays) {
      near.destroy();
      far.destroy();
    }
  }

  close(): void {
    this.setMode('refused');
    for (const server of this.#servers) server.close();
  }

  #relay(node: number, port: number, near: Socket): void {
    near.on('error', () => undefined);
    if (this.#mode === 'refused' || this.#targets[node] === undefined) {
      near.destroy();
      return;
    }
    const far = connect(port, '127.0.0.1');
    far.on('error', () => undefined);
    near.setNoDelay(true);
    far.setNoDelay(true);
    const relay: Relay = { node, near, far };
    this.#relays.add(relay);
    const end = (): void => {
      this.#relays.delete(relay);
      near.destroy();
      far.destroy();
    };
    near.on('close', end);
    far.on('close', end);
    near.on('data', (bytes) => far.write(bytes));
    far.on('data', (bytes) => near.write(bytes));
    if (this.#mode === 'silent') {
      near.pause();
      far.pause();
    }
  }
}
