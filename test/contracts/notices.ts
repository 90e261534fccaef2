// What every implementation of `Notify` does, over whatever cluster: notices of a document reach those who follow it and the caches.
import { randomUUID } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import type { Cluster } from '../../src/ports/cluster.ts';
import { type DocumentNotice, documentChannel, type Notify } from '../../src/ports/notices.ts';
import { PUBLICATIONS } from '../../src/ports/public-reads.ts';
import { until } from '../support/helpers.ts';

export interface NoticesWorld {
  readonly notify: Notify;
  /** Nodes of one cluster, the notifying one among them. */
  readonly nodes: readonly Cluster[];
}

const NOTICES: readonly DocumentNotice[] = [
  { kind: 'published', revision: 3 },
  { kind: 'changed' },
  { kind: 'unpublished' },
  { kind: 'deleted' },
  { kind: 'restored' },
];

export function noticesContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<NoticesWorld>,
): void {
  /** What arrives at a node on a channel, from the moment at which it certainly arrives. */
  async function heardBy(node: Cluster, channel: string): Promise<unknown[]> {
    const heard: unknown[] = [];
    await new Promise<void>((placed) => node.subscribe(channel, (value) => heard.push(value), placed));
    return heard;
  }

  test(`I7 notices of a document arrive in order at every node that follows it, and at no other's channel [${name}]`, async (t) => {
    const { notify, nodes } = await worldOf(t);
    const [documentId, other] = [randomUUID(), randomUUID()];
    const heard = await Promise.all(nodes.map((node) => heardBy(node, documentChannel(documentId))));
    const elsewhere = await Promise.all(nodes.map((node) => heardBy(node, documentChannel(other))));
    for (const notice of NOTICES) notify(documentChannel(documentId), notice);
    for (const one of heard) {
      await until(() => one.length === NOTICES.length);
      t.deepEqual(one, NOTICES);
    }
    for (const one of elsewhere) t.deepEqual(one, []);
  });

  test(`every notice of a document reaches the caches of all nodes, with what happened to which document [${name}]`, async (t) => {
    const { notify, nodes } = await worldOf(t);
    const documentId = randomUUID();
    const heard = await Promise.all(nodes.map((node) => heardBy(node, PUBLICATIONS)));
    for (const notice of NOTICES) notify(documentChannel(documentId), notice);
    for (const one of heard) {
      await until(() => one.length === NOTICES.length);
      t.deepEqual(
        one,
        NOTICES.map(({ kind }) => ({ documentId, kind })),
      );
    }
  });

  test(`I13 a notice says whether lists change where its sender knows, and nothing of it elsewhere [${name}]`, async (t) => {
    const { notify, nodes } = await worldOf(t);
    const documentId = randomUUID();
    const heard = await Promise.all(nodes.map((node) => heardBy(node, PUBLICATIONS)));
    const followed = await Promise.all(nodes.map((node) => heardBy(node, documentChannel(documentId))));
    for (const lists of [{ changesLists: false }, { changesLists: true }, undefined]) {
      notify(documentChannel(documentId), { kind: 'changed' }, lists);
    }
    for (const one of heard) {
      await until(() => one.length === 3);
      const notice = { documentId, kind: 'changed' };
      t.deepEqual(one, [{ ...notice, changesLists: false }, { ...notice, changesLists: true }, notice]);
    }
    for (const one of followed) {
      await until(() => one.length === 3);
      t.deepEqual(one, Array(3).fill({ kind: 'changed' }));
    }
  });

  test(`a notice that cannot be sent throws nothing [${name}]`, async (t) => {
    const { notify, nodes } = await worldOf(t);
    await Promise.all(nodes.map((node) => node.close()));
    t.notThrows(() => notify(documentChannel(randomUUID()), { kind: 'changed' }));
  });
}
