/** Whom the front doors let in, from where and how often: one of each for all doors of a node. */
import type { IncomingHttpHeaders } from 'node:http';
import { type AddressQuota, createAddressQuota } from '../gateway/access/address-quota.ts';
import { type Authenticator, createAuthenticator } from '../gateway/access/authenticate.ts';
import { type AdmissionPorts, HandshakeRate } from '../gateway/access/handshake.ts';
import { createHandshakeTickets, type HandshakeTickets } from '../gateway/access/handshake-tickets.ts';
import { createPeerOf, type PeerOf } from '../gateway/access/peer.ts';
import { createSignedInNetworks, type SignedInNetworks } from '../gateway/access/signed-in-networks.ts';
import { createSite, type Site } from '../gateway/access/site.ts';
import { UserBudgets } from '../gateway/access/user-budgets.ts';
import { LargeAnswers } from '../gateway/listener/large-answers.ts';
import { UnreadBytes } from '../gateway/listener/unread-bytes.ts';
import type { Accounts } from './accounts.ts';
import type { NodeContext } from './context.ts';

export interface Access {
  authenticator: Authenticator;
  site: Site;
  peerOf: PeerOf;
  tickets: HandshakeTickets;
  admission: Omit<AdmissionPorts, 'isDraining'>;
  /** One for each kind, so that no kind uses up what another has; those who edit share one, whatever protocol they speak. */
  rates: Record<'authors' | 'viewers' | 'widgets', HandshakeRate>;
  shares: Record<'viewers' | 'widgets' | 'requests', AddressQuota>;
  /** Sockets of clients that are not signed in. */
  strangers(): number;
  signedIn: SignedInNetworks;
  userBudgets: UserBudgets;
  largeAnswers: LargeAnswers;
  unread: UnreadBytes;
}

export function createAccess(
  { config, clock }: NodeContext,
  { accounts, secret }: { accounts: Accounts; secret: Uint8Array },
): Access {
  const peerOf = createPeerOf(config.trustedProxies);
  const site = createSite(config);
  const authenticator = createAuthenticator(accounts.credentials);
  // I9: addresses bound strangers; who is signed in counts by user.
  const strangers = (): number => shares.viewers.total() + shares.widgets.total();
  const strangersFit = (): boolean => strangers() < config.maxSockets * (1 - config.reservedAuthorPercent / 100);
  const shares: Access['shares'] = {
    viewers: createAddressQuota(config.maxViewersPerAddress, strangersFit),
    widgets: createAddressQuota(config.maxWidgetsPerAddress, strangersFit),
    requests: createAddressQuota(config.maxRequestsPerAddress),
  };
  return {
    authenticator,
    site,
    peerOf,
    tickets: createHandshakeTickets(secret, clock),
    admission: {
      authenticator,
      allowedOrigins: config.allowedOrigins,
      site,
      peerOf: (headers: IncomingHttpHeaders, address: string) =>
        peerOf({ address, secure: false }, (name) => joined(headers[name])),
    },
    rates: {
      authors: new HandshakeRate(config, clock),
      viewers: new HandshakeRate(config, clock),
      widgets: new HandshakeRate(config, clock),
    },
    shares,
    strangers,
    signedIn: createSignedInNetworks(createAddressQuota(Number.POSITIVE_INFINITY)),
    userBudgets: new UserBudgets(config, clock),
    largeAnswers: new LargeAnswers(config, clock),
    unread: new UnreadBytes(config),
  };
}

/** A header's values as one. */
function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
