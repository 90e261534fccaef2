/**
 * One watch of a name on a socket: being looked for, or open. It follows for itself: when the same name is watched once
 * more, that is another place, and neither can take the other's page away.
 */
import type { Follower, Page } from './page.ts';

/** The socket that it is on. */
export interface PlaceOwner {
  readonly userId: string | undefined;
  /** The page of an open place may not be followed any more. */
  lost(place: Place, page: Page): void;
}

export class Place implements Follower {
  readonly slug: string;
  /** Undefined while it is looked for. */
  page: Page | undefined;
  /** Access changed while it was looked for. */
  changed = false;
  readonly #owner: PlaceOwner;

  constructor(slug: string, owner: PlaceOwner) {
    this.slug = slug;
    this.#owner = owner;
  }

  get userId(): string | undefined {
    return this.#owner.userId;
  }

  lost(page: Page): void {
    if (this.page === undefined) this.changed = true;
    else if (this.page === page) this.#owner.lost(this, page);
  }
}
