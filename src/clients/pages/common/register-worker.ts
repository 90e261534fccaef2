/** Asks the browser to keep the app itself, so that what this device keeps can be opened and written on without a server. */

/** Starts the service worker where there can be one (a secure origin or localhost). Without it all else works the same. */
export function registerOfflineWorker(): void {
  // A refusal (private window, policy) leaves an app that needs the server to load, and nothing to tell the author.
  navigator.serviceWorker?.register('/offline-worker.js').catch(() => undefined);
}
