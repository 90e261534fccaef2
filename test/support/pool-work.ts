// What the threads of a tested pool run.
import { readlinkSync } from 'node:fs';
import { getPriority } from 'node:os';
import { isMainThread } from 'node:worker_threads';

export type PoolTask =
  | { kind: 'echo'; value: unknown }
  | { kind: 'bytes'; length: number }
  | { kind: 'throw' }
  | { kind: 'loop' }
  | { kind: 'hoard' }
  | { kind: 'exit' }
  | { kind: 'unclonable' }
  /** Waits until the first number of the memory is not 0. */
  | { kind: 'wait'; gate: Int32Array }
  | { kind: 'priority' };

export default function perform(task: PoolTask): unknown {
  switch (task.kind) {
    case 'echo':
      return { value: task.value, isMainThread };
    case 'bytes':
      return new Uint8Array(task.length).fill(7);
    case 'throw':
      throw new RangeError('the work failed');
    case 'loop':
      for (;;);
    case 'hoard': {
      const all: unknown[] = [];
      for (;;) all.push(new Array(100_000).fill({}));
    }
    case 'exit':
      return process.exit(3);
    case 'unclonable':
      return () => undefined;
    case 'wait':
      Atomics.wait(task.gate, 0, 0);
      return 'waited';
    case 'priority':
      return getPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)));
  }
}
