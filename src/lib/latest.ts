/** Reads something again and again. Whoever waits for a reading gets one that is no older than the question. */

/** @returns begins a reading with each call; calls that a later one overtook end as that one does */
export function latest<T>(read: () => Promise<T>): () => Promise<T> {
  let calls = 0;
  let newest: Promise<T> | undefined;
  return () => {
    calls += 1;
    const mine = calls;
    const settle = async (reading: Promise<T>): Promise<T> => {
      try {
        const value = await reading;
        if (mine === calls) return value;
      } catch (error) {
        if (mine === calls) throw error;
      }
      return await newest!;
    };
    newest = settle(read());
    return newest;
  };
}
