/** A page that is followed on this node, and who follows it. */
import type { Followed } from './followed.ts';

/** Who follows, as a page sees it. */
export interface Follower {
  /** Undefined: nobody that we know, who reads what everybody may. */
  readonly userId: string | undefined;
  /** The page may not be followed any more. */
  lost(page: Page): void;
}

export interface Page {
  readonly followed: Followed;
  /** What access to it hangs on; undefined: nothing, it is public. */
  readonly privateTo: string | undefined;
  readonly followers: Set<Follower>;
}
