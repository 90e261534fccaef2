/**
 * The widget SDK: published documents on any site's pages, as an element or as data. Public documents alone; no cookie is set
 * or sent. All followers of a server share one socket, and where sockets do not work they poll.
 *
 *   index.ts           what it offers            element.ts, style.ts  `<stet-widget>`
 *   follow.ts          documents as data         widget-script.ts      `/widget.js`
 *   subscriptions.ts   documents of one server   servers.ts            of which servers
 *   shown-document.ts  what is shown of one      live-text.ts          drafts, changed by messages
 *   publication.ts     as listeners get it
 *   embed/             the page that makes a snippet   frame/       documents in frames, for pages without scripts of others
 */
import { defineElement } from './element.ts';
import { subscriptionsAt } from './servers.ts';

export { type FollowOptions, followDocument } from './follow.ts';
export type { WidgetPublication } from './publication.ts';

export interface WidgetOptions {
  /** `https://host[:port]` of any node: whom elements without the attribute `src` ask. Left out: the page's own origin. */
  origin?: string;
}

/**
 * Defines `<stet-widget document="slug" [src="https://host"]>`, as `/widget.js` does. The element dispatches `stet-revision`
 * with `detail: {revision, title}` for each revision and title that it shows; what is between its tags shows while there is none. When it is
 * known that there is none, and nothing is between the tags, a sentence says so, or with `data-missing="hide"` nothing shows.
 * Where the element is defined already, nothing happens. Only in pages.
 */
export function defineWidget({ origin }: WidgetOptions = {}): void {
  defineElement((server) => subscriptionsAt(server ?? origin ?? location.href));
}
