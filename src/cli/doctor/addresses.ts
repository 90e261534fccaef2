// The addresses that connect to this node: finds a proxy that is not in TRUSTED_PROXIES, whose clients share one limit.
import { isListening, readConnections } from '../../gateway/listener/system-connections.ts';
import { createNetworkSet, networkOf } from '../../lib/addresses.ts';
import { type Finding, note, ok } from './finding.ts';

/** Fewer connections show nothing about where clients come from. */
const MIN_CONNECTIONS = 50;
const NEARLY_ALL = 0.9;

/**
 * Where the connections to `port` come from. One address for nearly all is a proxy that is not listed, so that all its
 * clients share the limits of one address; or a network of many people; or one client that uses up the connections.
 */
export function oneAddress(
  connections: ReadonlyMap<string, number>,
  port: number,
  trustedProxies: readonly string[],
): Finding {
  let total = 0;
  let most: readonly [network: string, count: number] = ['', 0];
  for (const one of connections) {
    total += one[1];
    if (one[1] > most[1]) most = one;
  }
  const [network, count] = most;
  const found = `${total} connections to port ${port} from ${connections.size} addresses`;
  if (total < MIN_CONNECTIONS || count < total * NEARLY_ALL) return ok(found);
  const isListed =
    createNetworkSet(trustedProxies)(network.replace('/64', '')) ||
    trustedProxies.some((proxy) => networkOf(proxy.split('/')[0] ?? '') === network);
  if (isListed) return ok(`${found}, most of them from a trusted proxy`);
  return note(
    `${count} of ${total} connections to port ${port} come from ${network}`,
    'if this is a proxy, add it to TRUSTED_PROXIES, because its clients now share the limits of one address; if many people ' +
      'share the address, raise MAX_CONNECTIONS_PER_ADDRESS and similar limits; otherwise one client may be using up the connections',
  );
}

export async function checkAddresses(env: NodeJS.ProcessEnv): Promise<Finding> {
  const port = Number(env.PORT ?? 8080);
  if (!(port > 0)) return ok('not checked: PORT is 0');
  const connections = await readConnections(port).catch(() => undefined);
  if (!connections) return ok('not checked: this system does not list connections');
  // A container has a network of its own.
  if (!(await isListening(port))) {
    return ok(
      `not checked: no node listens on port ${port} here; run this where the node runs, for example in its container`,
    );
  }
  const proxies = (env.TRUSTED_PROXIES ?? '').split(',').flatMap((one) => one.trim() || []);
  return oneAddress(connections, port, proxies);
}
