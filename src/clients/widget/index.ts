/**
 * The widget SDK: published documents on anybody's page, as an element or as data. Public documents alone; no cookie is set
 * or sent. All followers of a server share one socket, and where sockets do not work they poll.
 */
import { guarded } from '../guard.ts';
import { defineElement } from './element.ts';
import { subscriptionsAt } from './servers.ts';
import type { WidgetPublication } from './subscriptions.ts';

export type { WidgetPublication };

export interface WidgetOptions {
  /** `https://host[:port]` of any node: whom elements without the attribute `src` ask. Left out: the page's own origin. */
  origin?: string;
}

/**
 * Defines `<stet-widget document="slug" [src="https://host"]>`, as `/widget.js` does. The element dispatches `stet-revision`
 * with `detail: {revision, title}` for each revision that it shows; what is between its tags shows while there is none.
 * Where the element is defined already, nothing happens. Only in pages.
 */
export function defineWidget({ origin }: WidgetOptions = {}): void {
  defineElement((server) => subscriptionsAt(server ?? origin ?? location.href));
}

export interface FollowOptions {
  /** `https://host[:port]` of any node. Left out in a page: the page's own origin. */
  origin?: string;
  /** Name of the document in addresses. */
  slug: string;
  /** The current revision, then each newer one, or one of another document (`id`) that has the name now. */
  onRevision(publication: WidgetPublication): void;
  /** Private, unpublished, deleted or never there: the server does not say which. It is asked again about once a minute. */
  onGone?(): void;
  /** Ends the following when it aborts. */
  signal?: AbortSignal;
}

/**
 * Follows a published document in a page, a worker or Node, until the signal aborts or the returned function is called. Comes
 * back by itself after every loss.
 * @throws {TypeError} without an `origin` outside of a page
 */
export function followDocument({ origin, slug, onRevision, onGone, signal }: FollowOptions): () => void {
  const subscriptions = subscriptionsAt(origin ?? (globalThis as { location?: Location }).location?.href ?? '');
  if (signal?.aborted) return () => undefined;
  const unsubscribe = subscriptions.subscribe(slug, (publication) => {
    guarded(() => (publication ? onRevision(publication) : onGone?.()));
  });
  const stop = (): void => {
    signal?.removeEventListener('abort', stop);
    unsubscribe();
  };
  signal?.addEventListener('abort', stop);
  return stop;
}
