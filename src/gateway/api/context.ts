/** What the API's routes are given: the ports of the outside and what is known of a request. */
import type { Failure } from '../../../schemas/errors.ts';
import type { AccessPort, Identity, UserChange } from '../../ports/access.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Documents } from '../../storage/accounts/documents.ts';
import type { Grants } from '../../storage/accounts/grants.ts';
import type { Sessions } from '../../storage/accounts/sessions.ts';
import type { Users } from '../../storage/accounts/users.ts';
import type { AttemptLimiter } from './attempts.ts';

/** What the listener knows of a request besides its content. */
export interface RequestInfo {
  /** The peer's address as text, after trusted proxies were taken off; empty when unknown. */
  remoteAddress: string;
  /** The connection itself is TLS. */
  secure: boolean;
}

export interface ApiLimits {
  /** Bytes of a JSON body. */
  maxJsonBytes: number;
  /** Bytes of a Yjs update. */
  maxUpdateBytes: number;
}

/** Commits an update of a document; `seq` is the position after the commit (I1). Access was checked before. */
export type EditDraft = (
  identity: Identity,
  documentId: string,
  update: Uint8Array,
) => Promise<{ ok: true; seq: number } | Failure>;

export interface ApiPorts {
  accounts: Users;
  documents: Documents;
  grants: Grants;
  sessions: Sessions;
  access: AccessPort;
  /** Guards sign-in. */
  attempts: AttemptLimiter;
  editDraft: EditDraft;
  clock: Clock;
  log: Logger;
  limits: ApiLimits;
  /** Whether the request came over TLS, here or at a trusted proxy: decides the cookie's name and attributes. */
  isSecure(request: Request, info: RequestInfo): boolean;
  /** Tells the other parts and nodes of a committed change of a user's access or sessions (I6). Must not throw. */
  onUserChange(userId: string, change: UserChange): void;
  /** True when an error means that the database is away or asks to try again. */
  isUnavailable(error: unknown): boolean;
}

/** How a request proved who it is. */
export type Proof = 'bearer' | 'cookie';

/** Hono's types: what the listener passes in, what the middleware leaves for the routes. */
export interface ApiEnv {
  Bindings: { info: RequestInfo };
  Variables: { secure: boolean; identity: Identity; proof: Proof };
}
