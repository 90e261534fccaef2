/** Follows published documents as data: what the element does, without an element. In pages, workers and Node. */
import { guarded } from '../guard.ts';
import type { WidgetPublication } from './publication.ts';
import { subscriptionsAt } from './servers.ts';

export interface FollowOptions {
  /** `https://host[:port]` of any node. Left out in a page: the page's own origin. */
  origin?: string;
  /** Name of the document in addresses. */
  slug: string;
  /**
   * The current revision, then each newer one, or one of another document (`id`) that has the name now. Of a live document the draft
   * (`seq`), with each change of it, at most about one a second.
   */
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
  const subscriptions = subscriptionsAt(origin ?? (globalThis as { location?: { href: string } }).location?.href ?? '');
  if (signal?.aborted) return () => undefined;
  let shown: WidgetPublication | undefined;
  let isFirst = true;
  const unsubscribe = subscriptions.subscribe(slug, (publication) => {
    // It is called for the state of the connection as well.
    if (publication === shown && !isFirst) return;
    shown = publication;
    isFirst = false;
    guarded(() => (publication ? onRevision(publication) : onGone?.()));
  });
  const stop = (): void => {
    signal?.removeEventListener('abort', stop);
    unsubscribe();
  };
  signal?.addEventListener('abort', stop);
  return stop;
}
