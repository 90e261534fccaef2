/**
 * Throttles attempts to sign in (I9). The first attempts are free; after them each has to wait longer than the one before.
 * Counted by:
 *
 *   known device, account   a device on which the account signed in before, apart from all other attempts
 *   network, account        one guesser of one password
 *   account                 everyone who guesses its password, from any network
 *   network                 one guesser of many passwords
 *
 * A refused attempt is not counted, so retrying does not lengthen anyone's wait. An account's owner therefore signs in at once on
 * a known device or from a network where the account signed in before; from elsewhere, as soon as a stranger may try.
 */
import { networkOf } from '../../lib/addresses.ts';
import { Lru } from '../../lib/lru.ts';
import { createExponentialDelays, type DelayRule, type ExponentialDelays } from './exponential-delays.ts';

export interface SignInThrottleRules {
  device: DelayRule;
  pair: DelayRule;
  account: DelayRule;
  network: DelayRule;
  /** Prefix of the keys in Redis. */
  keyPrefix?: string;
}

export interface SignInAttempt {
  handle: string;
  address: string;
  /** The known device that the attempt comes from, if it is one. */
  device: string | undefined;
  /** Whether the account signed in from that network before. Called only when it makes a difference. */
  isKnownNetwork(network: string): Promise<boolean>;
}

/** `refused`: wait `waitMs`. `counted`: check the password, and `refund` the attempt if it was no wrong guess. */
export type SignInDecision =
  | { kind: 'refused'; waitMs: number }
  | { kind: 'counted'; isKnown: boolean; refund(): void };

export interface SignInThrottle {
  attempt(attempt: SignInAttempt): Promise<SignInDecision>;
}

/** How long, and for how many pairs of account and network, the answer of `isKnownNetwork` is cached. // I9: */
const KNOWN_MS = 10_000;
const MAX_KNOWN = 10_000;

/**
 * @param redis an ioredis client, when the node has one: all nodes count together
 * @param now monotonic milliseconds
 */
export function createSignInThrottle(
  { keyPrefix = 'stet:', ...rules }: SignInThrottleRules,
  redis?: object,
  delays: ExponentialDelays = createExponentialDelays(redis),
  now: () => number = () => performance.now(),
): SignInThrottle {
  const knownNetworks = new Lru<string, { readonly at: number; readonly isKnown: Promise<boolean> }>(MAX_KNOWN);

  /** Cached, so that repeated attempts cost the database one query. */
  function cachedIsKnownNetwork(pair: string, query: () => Promise<boolean>): Promise<boolean> {
    const present = knownNetworks.get(pair);
    if (present && now() - present.at < KNOWN_MS) return present.isKnown;
    const isKnown = query();
    knownNetworks.set(pair, { at: now(), isKnown }, 1);
    isKnown.catch(() => knownNetworks.delete(pair));
    return isKnown;
  }

  const key = (kind: string, ...parts: string[]) => `${keyPrefix}sign-in:${kind}:${JSON.stringify(parts)}`;

  async function count(
    isKnown: boolean,
    counted: readonly { key: string; rule: DelayRule }[],
  ): Promise<SignInDecision> {
    const waitMs = await delays.attempt(counted);
    if (waitMs > 0) return { kind: 'refused', waitMs };
    return { kind: 'counted', isKnown, refund: () => delays.refund(counted.map(({ key }) => key)) };
  }

  return {
    async attempt({ address, device, handle, isKnownNetwork }) {
      const network = networkOf(address);
      if (device !== undefined) return count(true, [{ key: key('device', handle, device), rule: rules.device }]);
      const asStranger = await count(false, [
        { key: key('pair', handle, network), rule: rules.pair },
        { key: key('account', handle), rule: rules.account },
        { key: key('network', network), rule: rules.network },
      ]);
      if (asStranger.kind === 'counted') return asStranger;
      const knownPair = key('home', handle, network);
      if (!(await cachedIsKnownNetwork(knownPair, () => isKnownNetwork(network)))) return asStranger;
      return count(true, [{ key: knownPair, rule: rules.pair }]);
    },
  };
}
