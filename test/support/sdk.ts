/** The author SDK in tests: short pauses, closed with the test, and waiting on what it shows. */
import type { ExecutionContext } from 'ava';
import {
  type ConnectOptions,
  connect,
  type EditorClient,
  type Observable,
  type OpenDocument,
  type Status,
} from '../../src/clients/editor/index.ts';
import type { TestAuthor } from './node.ts';

export function editor(
  t: ExecutionContext,
  url: string | readonly string[],
  author: TestAuthor,
  options: ConnectOptions = {},
): EditorClient {
  const client = connect({ url, token: author.token, reconnectMinMs: 5, reconnectMaxMs: 50, ...options });
  t.teardown(() => client.close());
  return client;
}

/** Resolves with the first value that matches, the present one included. */
export function when<T>(observable: Observable<T>, matches: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    if (matches(observable.get())) {
      resolve(observable.get());
      return;
    }
    const stop = observable.subscribe((value) => {
      if (!matches(value)) return;
      stop();
      resolve(value);
    });
  });
}

export const shows = (document: OpenDocument, kind: Status['kind']): Promise<Status> =>
  when(document.status, (status) => status.kind === kind);

/** Resolves when the text of a document is as asked for. */
export function reads(document: OpenDocument, matches: (text: string) => boolean): Promise<void> {
  const text = document.ydoc.getText('body');
  return new Promise((resolve) => {
    const look = (): void => {
      if (!matches(text.toString())) return;
      text.unobserve(look);
      resolve();
    };
    text.observe(look);
    look();
  });
}

export function type(document: OpenDocument, words: string): void {
  const text = document.ydoc.getText('body');
  text.insert(text.length, words);
}
