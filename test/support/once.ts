// What the tests of a file share: made when the first of them asks for it, ended after the last.
import type { ExecutionContext, TestFn } from 'ava';

/** Where what is made leaves its end: a test, or a file. */
export type Scope = Pick<ExecutionContext, 'teardown'>;

export function oncePerFile<Context, T>(test: TestFn<Context>, make: (scope: Scope) => Promise<T>): () => Promise<T> {
  const ends: (() => unknown)[] = [];
  let made: Promise<T> | undefined;
  test.after.always('what the file shared is ended', async () => {
    for (const end of ends.toReversed()) await end();
  });
  return () => {
    made ??= make({ teardown: (end) => void ends.push(end) });
    return made;
  };
}
