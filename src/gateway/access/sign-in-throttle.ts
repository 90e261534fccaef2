/**
 * Bounds attempts to sign in (I9). Some are free; from then on each has to wait for longer than the one before.
 *
 *   known device, account   where the account was signed in before: apart from everybody else
 *   network, account        one guesser of one password
 *   account                 all strangers who guess it, wherever they are
 *   network                 one guesser of many
 *
 * What is refused counts nowhere: whoever keeps trying makes nobody wait for longer. So an account's owner comes in at once on a
 * known device or in a network from which the account was signed in, and elsewhere when a stranger would be let try.
 */
import { networkOf } from '../../lib/addresses.ts';
import { Lru } from '../../lib/lru.ts';
import { createDelays, type DelayRule, type Delays } from './exponential-delays.ts';

export interface AttemptLimits {
  device: DelayRule;
  pair: DelayRule;
  account: DelayRule;
  network: DelayRule;
  /** Begins the keys in Redis. */
  keyPrefix?: string;
}

export interface Attempt {
  handle: string;
  address: string;
  /** Where the account was signed in before. */
  device: string | undefined;
  /** Whether the account was signed in from that network before. Asked only when it matters. */
  isKnownNetwork(network: string): Promise<boolean>;
}

/** `refused` with the milliseconds to wait; else it was counted, until that is taken back: it was no guess. */
export type Attempted = { kind: 'refused'; waitMs: number } | { kind: 'counted'; isKnown: boolean; takeBack(): void };

export interface AttemptLimiter {
  attempt(attempt: Attempt): Promise<Attempted>;
}

/** Whether an account was signed in from a network is remembered for so long, milliseconds, of so many pairs. // I9: */
const KNOWN_MS = 10_000;
const MAX_KNOWN = 10_000;

/**
 * @param redis an ioredis client, when the node has one: all nodes count together
 * @param now monotonic milliseconds
 */
export function createAttemptLimiter(
  { keyPrefix = 'stet:', ...rules }: AttemptLimits,
  redis?: object,
  delays: Delays = createDelays(redis),
  now: () => number = () => performance.now(),
): AttemptLimiter {
  const homes = new Lru<string, { readonly at: number; readonly isKnown: Promise<boolean> }>(MAX_KNOWN);

  /** Who keeps trying makes the database answer once. */
  function isHome(of: string, ask: () => Promise<boolean>): Promise<boolean> {
    const present = homes.get(of);
    if (present && now() - present.at < KNOWN_MS) return present.isKnown;
    const isKnown = ask();
    homes.set(of, { at: now(), isKnown }, 1);
    isKnown.catch(() => homes.delete(of));
    return isKnown;
  }

  const key = (kind: string, ...parts: string[]) => `${keyPrefix}sign-in:${kind}:${JSON.stringify(parts)}`;

  async function count(isKnown: boolean, counted: readonly { key: string; rule: DelayRule }[]): Promise<Attempted> {
    const waitMs = await delays.attempt(counted);
    if (waitMs > 0) return { kind: 'refused', waitMs };
    return { kind: 'counted', isKnown, takeBack: () => delays.giveBack(counted.map(({ key }) => key)) };
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
      const home = key('home', handle, network);
      if (!(await isHome(home, () => isKnownNetwork(network)))) return asStranger;
      return count(true, [{ key: home, rule: rules.pair }]);
    },
  };
}
