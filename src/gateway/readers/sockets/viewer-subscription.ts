/**
 * One watch of a name on a viewer's socket: being looked for, or open. Watching the same name once more makes another, and
 * neither can take the other's channel away.
 */
import type { ViewedRevision } from '../../../../schemas/viewer.ts';
import type { CloseReason, Subscriber } from '../../../published/publication-channel.ts';
import type { ViewerChannel } from './viewer-channels.ts';

/** The socket that it is on. */
export interface SubscriptionOwner {
  readonly userId: string | undefined;
  /** The channel of an open subscription has ended it. */
  lost(subscription: ViewerSubscription, channel: ViewerChannel): void;
}

export class ViewerSubscription implements Subscriber<ViewedRevision> {
  readonly slug: string;
  /** Undefined while it is looked for. */
  channel: ViewerChannel | undefined;
  /** Access changed while it was looked for. */
  accessChanged = false;
  readonly #owner: SubscriptionOwner;

  constructor(slug: string, owner: SubscriptionOwner) {
    this.slug = slug;
    this.#owner = owner;
  }

  get userId(): string | undefined {
    return this.#owner.userId;
  }

  closed(channel: ViewerChannel, reason: CloseReason): void {
    if (reason === 'withdrawn' && this.channel === channel) this.#owner.lost(this, channel);
  }
}
