/**
 * For a task that brings something up to date, such as reading what has changed: one run at a time, and all calls during a
 * run lead to one more, which sees the changes that they were about.
 */

/**
 * @param task a rejection ends the run, and rejects the calls that wait for it
 * @returns runs the task; resolves when a run that began with the call or after it has ended
 */
export function coalesce(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let isWanted = false;
  async function run(): Promise<void> {
    try {
      do {
        isWanted = false;
        await task();
      } while (isWanted);
    } finally {
      running = undefined;
    }
  }
  return () => {
    isWanted = true;
    running ??= run();
    return running;
  };
}
