// The rules of a contract, each a test of one implementation and named after it.
import type { ExecutionContext, TestFn } from 'ava';

type Rule<World, Context> = (title: string, run: (t: ExecutionContext<Context>, world: World) => Promise<void>) => void;

/**
 * Rules run one after the other: most share a database, and some ask for all that is in it.
 * @param name of the implementation
 * @param worldOf what the rules stand on: made for each, or shared by all of a file
 */
export const rulesOf =
  <World, Context = unknown>(
    test: TestFn<Context>,
    name: string,
    worldOf: (t: ExecutionContext<Context>) => Promise<World>,
  ): Rule<World, Context> =>
  (title, run) =>
    void test.serial(`${title} [${name}]`, async (t) => {
      // A database may have to be made first, on a machine that is busy.
      t.timeout(90_000);
      await run(t, await worldOf(t));
    });
