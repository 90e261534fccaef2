/**
 * A backup of unsent updates for when a page goes away. IndexedDB writes asynchronously, and a page that is closed or reloaded
 * right after a key loses what was not written yet: on a slow device, seconds of typing. What the server has not acknowledged is
 * therefore written to local storage, which is done when the call returns, and read by the next page of the document.
 * Kept until the server has it. Its key names the user: text is never sent under another user's name (I4).
 */
import * as Y from 'yjs';
import type { OpenDocument, Status } from '../../editor/index.ts';

/** Updates kept one by one; more are merged into one. */
const MAX_LOOSE = 256;

/** The part of `Storage` that is used. */
export interface BackupStore {
  keys(): string[];
  get(key: string): string | null;
  /** Throws when the store is full. */
  set(key: string, value: string): void;
  remove(key: string): void;
}

export interface UnsentBackup {
  /** Stores what the server does not have yet; for when the page may go away. */
  save(): void;
  close(): void;
}

function fromBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/**
 * Restores what earlier pages stored, and tracks what this one has unsaved.
 * @param ydoc of the open document
 * @param key names the user and the document
 */
export function createUnsentBackup(
  { ydoc, status, renamed }: Pick<OpenDocument, 'ydoc' | 'status' | 'renamed'>,
  key: string,
  store: BackupStore,
): UnsentBackup {
  // Each page has a key of its own: two windows on one text must not write over each other.
  const ownKey = `${key}:${ydoc.clientID}`;
  /** Backups of other pages, by key. One of them may be open still and store more. */
  let recovered = new Map(
    store.keys().flatMap((name) => {
      const value = name.startsWith(`${key}:`) ? store.get(name) : null;
      return value === null ? [] : [[name, value] as const];
    }),
  );
  let unsaved: Uint8Array[] = [];

  function follow(update: Uint8Array, _origin: unknown, _doc: Y.Doc, { local }: Y.Transaction): void {
    if (!local) return;
    unsaved.push(update);
    if (unsaved.length > MAX_LOOSE) unsaved = [Y.mergeUpdates(unsaved)];
  }

  function settle(value: Status): void {
    // I1: acknowledged, and nothing restored still waits for a part of the text that is missing here.
    if (value.kind !== 'saved' || ydoc.store.pendingStructs !== null) return;
    unsaved = [];
    forget();
  }

  /** Not what another page has stored since: this one has never seen it. */
  function forget(): void {
    for (const [name, value] of recovered) if (store.get(name) === value) store.remove(name);
    store.remove(ownKey);
    recovered = new Map();
  }

  for (const [name, value] of recovered) {
    const update = fromBase64(value);
    if (update === null) store.remove(name);
    else {
      unsaved.push(update);
      Y.applyUpdate(ydoc, update, 'unsent-backup');
    }
  }
  function save(): void {
    if (unsaved.length === 0) return;
    try {
      store.set(ownKey, toBase64(Y.mergeUpdates(unsaved)));
    } catch {
      // Full or refused: IndexedDB has most of it, and nothing more can be done while the page goes.
    }
  }

  /** What was stored is under ids that the server refuses for good: restored, it would be there twice. */
  function rename(): void {
    forget();
    unsaved = [Y.encodeStateAsUpdate(ydoc)];
    save();
  }

  ydoc.on('update', follow);
  const subscriptions = [status.subscribe(settle), renamed.subscribe(rename)];

  return {
    save,
    close() {
      for (const unsubscribe of subscriptions) unsubscribe();
      ydoc.off('update', follow);
    },
  };
}

/** The browser's local storage; one that keeps nothing where it is refused. */
export function localBackupStore(): BackupStore {
  const safely = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch {
      return otherwise;
    }
  };
  return {
    keys: () => safely(() => Object.keys(localStorage), []),
    get: (key) => safely(() => localStorage.getItem(key), null),
    set: (key, value) => localStorage.setItem(key, value),
    remove: (key) => safely(() => localStorage.removeItem(key), undefined),
  };
}
