/** What a node counts, read as its operator reads it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TestNode } from './node.ts';

/** Between two looks, milliseconds: a node spends a few on writing out its metrics. */
const LOOK_MS = 100;

/** @param name with its labels, as it is printed; undefined: there is no such series */
export async function metric(node: TestNode, name: string): Promise<number | undefined> {
  const text = await (await node.ops('/metrics')).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

/** The sum of all series of some metrics. */
export async function metricSum(node: TestNode, ...names: readonly string[]): Promise<number> {
  const text = await (await node.ops('/metrics')).text();
  const values = names.flatMap((name) => [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))]);
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

/** Waits until a series has, or fulfils, what is given. */
export async function untilMetric(
  node: TestNode,
  name: string,
  wanted: number | ((value: number) => boolean),
): Promise<void> {
  const fits = typeof wanted === 'number' ? (value: number) => value === wanted : wanted;
  while (!fits((await metric(node, name)) ?? Number.NaN)) await delay(LOOK_MS);
}
