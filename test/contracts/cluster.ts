// What every implementation of the cluster port does. For a node that runs alone, `peer` is the node itself.
import type { ExecutionContext, TestFn } from 'ava';
import type { Cluster } from '../../src/ports/cluster.ts';

export interface ClusterPair {
  node: Cluster;
  peer: Cluster;
  close(): Promise<void>;
}

/** Waits until a condition holds; rejects when it does not within 20 s. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function clusterContract(test: TestFn, name: string, setup: () => Promise<ClusterPair>): void {
  const withPair = (title: string, run: (t: ExecutionContext, pair: ClusterPair) => Promise<void>) =>
    test(`${title} [${name}]`, async (t) => {
      const pair = await setup();
      t.teardown(() => pair.close());
      await run(t, pair);
    });

  withPair('a call carries plain data there and back, bytes as Uint8Array', async (t, { node, peer }) => {
    let seen: unknown;
    peer.handle('echo', async (value, fromNode) => {
      seen = fromNode;
      return value;
    });
    const value = { text: 'ø', n: 1.5, big: 2 ** 40, none: null, list: [true, [1]], bytes: new Uint8Array([0, 255]) };
    const result = await node.call(peer.nodeId, 'echo', value, 5000);
    t.deepEqual(result, { ok: true, value });
    t.is(seen, node.nodeId);
    const { bytes } = (result as { value: { bytes: Uint8Array } }).value;
    t.is(Object.getPrototypeOf(bytes), Uint8Array.prototype);
    t.is(bytes.buffer.byteLength, 2, 'small bytes do not pin a larger buffer');
  });

  withPair('a handler gets a copy, as the value was when it was sent', async (t, { node, peer }) => {
    peer.handle('first', async (value) => (value as number[])[0]);
    const value = [1];
    const result = node.call(peer.nodeId, 'first', value, 5000);
    value[0] = 2;
    t.deepEqual(await result, { ok: true, value: 1 });
  });

  withPair('a handler that throws, or none at all, is a failed call', async (t, { node, peer }) => {
    peer.handle('broken', async () => {
      throw new Error('on purpose');
    });
    t.deepEqual(await node.call(peer.nodeId, 'broken', null, 5000), { ok: false, reason: 'failed' });
    t.deepEqual(await node.call(peer.nodeId, 'nobody', null, 5000), { ok: false, reason: 'failed' });
    t.throws(() => peer.handle('broken', async () => 1));
  });

  withPair('values and answers that are not plain data are a failed call', async (t, { node, peer }) => {
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    peer.handle('cyclic', async () => cyclic);
    t.deepEqual(await node.call(peer.nodeId, 'cyclic', null, 5000), { ok: false, reason: 'failed' });
    t.deepEqual(await node.call(peer.nodeId, 'cyclic', cyclic, 5000), { ok: false, reason: 'failed' });
  });

  withPair('a call without an answer ends at its deadline', async (t, { node, peer }) => {
    peer.handle('silent', () => new Promise(() => {}));
    t.deepEqual(await node.call(peer.nodeId, 'silent', null, 50), { ok: false, reason: 'timeout' });
  });

  withPair('I9 more outstanding calls than allowed fail at once', async (t, { node, peer }) => {
    peer.handle('silent', () => new Promise(() => {}));
    const results = Array.from({ length: 101 }, () => node.call(peer.nodeId, 'silent', null, 60_000));
    t.deepEqual(await results.at(-1), { ok: false, reason: 'failed' });
    await node.close();
    t.deepEqual(await results[0], { ok: false, reason: 'disconnected' });
  });

  withPair('a node that never was is dead', async (t, { node }) => {
    await until('it is judged', () => node.liveness('nobody') === 'dead');
    t.deepEqual(await node.call('nobody', 'echo', null, 5000), { ok: false, reason: 'dead' });
  });

  withPair('nodes know themselves and each other as alive', async (t, { node, peer }) => {
    t.true(node.connected());
    t.is(node.liveness(node.nodeId), 'alive');
    await until('the peer is heard', () => node.liveness(peer.nodeId) === 'alive');
    t.deepEqual([...node.nodes()].sort(), [...new Set([node.nodeId, peer.nodeId])].sort());
  });

  withPair('I7 posts, calls and answers to one node arrive in the order of sending', async (t, { node, peer }) => {
    const arrived: unknown[] = [];
    peer.onPost('n', (value, fromNode) => arrived.push([value, fromNode]));
    peer.handle('n', async (value) => void arrived.push([value, node.nodeId]));
    for (let i = 0; i < 2000; i++) {
      if (i % 100 === 99) void node.call(peer.nodeId, 'n', i, 20_000);
      else node.post(peer.nodeId, 'n', i);
      if (i % 70 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until('all arrived', () => arrived.length === 2000);
    t.deepEqual(
      arrived,
      Array.from({ length: 2000 }, (_, i) => [i, node.nodeId]),
    );
  });

  withPair('I7 posts of one turn arrive in order, however large they are', async (t, { node, peer }) => {
    const sizes = [1, 200_000, 10, 200_000, 300_000, 2, 200_000, 3];
    const arrived: number[] = [];
    peer.onPost('bytes', (value) => arrived.push((value as Uint8Array).length));
    for (const size of sizes) node.post(peer.nodeId, 'bytes', new Uint8Array(size));
    await until('all arrived', () => arrived.length === sizes.length);
    t.deepEqual(arrived, sizes);
  });

  withPair('a post handler that throws harms no other post', async (t, { node, peer }) => {
    const arrived: unknown[] = [];
    peer.onPost('bad', () => {
      throw new Error('on purpose');
    });
    peer.onPost('good', (value) => arrived.push(value));
    node.post(peer.nodeId, 'bad', 1);
    node.post(peer.nodeId, 'unknown', 1);
    node.post(peer.nodeId, 'good', 2);
    await until('the good one arrived', () => arrived.length === 1);
    t.deepEqual(arrived, [2]);
    t.throws(() => peer.onPost('good', () => {}));
  });

  withPair('I6 a publication reaches every placed subscription once, its own node included', async (t, pair) => {
    const { node, peer } = pair;
    const got: string[] = [];
    const placed: string[] = [];
    node.subscribe(
      'user:1',
      (value) => got.push(`node ${value}`),
      () => placed.push('node'),
    );
    peer.subscribe(
      'user:1',
      (value) => got.push(`peer ${value}`),
      () => placed.push('peer'),
    );
    const leave = peer.subscribe(
      'user:1',
      (value) => got.push(`second ${value}`),
      () => placed.push('second'),
    );
    t.deepEqual(placed, [], 'never synchronous');
    await until('all are placed', () => placed.length === 3);

    node.publish('user:1', 'a');
    t.deepEqual(got, [], 'never synchronous');
    await until('all got it', () => got.length === 3);
    leave();
    leave();
    node.publish('user:2', 'not for them');
    node.publish('user:1', 'b');
    await until('those who stayed got it', () => got.filter((line) => line.endsWith('b')).length === 2);
    t.deepEqual([...got].sort(), ['node a', 'node b', 'peer a', 'peer b', 'second a']);
  });

  withPair('a subscription dropped and taken again works', async (t, { node, peer }) => {
    const got: unknown[] = [];
    for (let i = 0; i < 20; i++) {
      peer.subscribe('flicker', () => t.fail())();
      if (i % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise<void>((placed) => peer.subscribe('flicker', (value) => got.push(value), placed));
    node.publish('flicker', 1);
    await until('it arrived', () => got.length > 0);
    t.deepEqual(got, [1]);
  });

  withPair('a dropped subscription gets no notice that it is in place', async (t, { node }) => {
    node.subscribe(
      'gone',
      () => t.fail(),
      () => t.fail(),
    )();
    await new Promise<void>((placed) => node.subscribe('other', () => {}, placed));
    t.pass();
  });

  withPair('after closing nothing is delivered and closing again is harmless', async (t, { node, peer }) => {
    peer.handle('silent', () => new Promise(() => {}));
    const waiting = node.call(peer.nodeId, 'silent', null, 60_000);
    node.subscribe('c', () => t.fail());
    node.publish('c', 1);
    await Promise.all([node.close(), node.close()]);
    t.deepEqual(await waiting, { ok: false, reason: 'disconnected' });
    node.post(peer.nodeId, 'x', 1);
    node.publish('c', 1);
    t.deepEqual(await node.call(peer.nodeId, 'silent', null, 50), { ok: false, reason: 'disconnected' });
  });
}
