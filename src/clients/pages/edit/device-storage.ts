/** Whether this browser lets the page keep texts at all: some private windows and hardened settings refuse. */

/** Opens and closes a small database; never rejects. */
export function canStoreOnDevice(): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open('stet:probe');
      request.onsuccess = () => {
        request.result.close();
        resolve(true);
      };
      request.onerror = () => resolve(false);
      request.onblocked = () => resolve(false);
    } catch {
      resolve(false);
    }
  });
}
