/**
 * One author's socket: its open documents, its rate limits, and its messages, which all pass one validation. Knows the router, not
 * where documents live.
 *
 * I6: access is checked when a document is opened, and changes reach what is open. I9: messages and opens are counted.
 */
import type { Socket } from 'socket.io';
import { type ErrorCode, type Failure, failure } from '../../../schemas/errors.ts';
import type { Awareness, Edit, Open, Role } from '../../../schemas/realtime.ts';
import type { DocumentRouter } from '../../actors/document/router.ts';
import type { UserConnection } from '../../actors/user/users.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { TokenBucket } from '../../lib/token-bucket.ts';
import type { AccessPort, Identity } from '../../ports/access.ts';
import type { Author } from '../../ports/journal.ts';
import type { UserBudget, UserBudgets } from '../access/user-budgets.ts';
import type { LargeAnswer, LargeAnswers } from '../listener/large-answers.ts';
import { readPresence } from './awareness.ts';
import { takeFastPath } from './fast-path.ts';
import { parseMessage } from './parse-message.ts';
import { type Rooms, roomOf } from './rooms.ts';
import { stamp } from './stamp.ts';

export interface ConnectionLimits {
  maxMessagesPerSecond: number;
  maxMessageBurst: number;
  maxOpensPerSecond: number;
  maxOpenBurst: number;
  maxDocumentsPerSocket: number;
  maxAwarenessBytes: number;
  maxUpdateBytes: number;
  maxUpdateStructs: number;
}

export interface ConnectionPorts {
  nodeId: string;
  router: DocumentRouter;
  access: AccessPort;
  rooms: Rooms;
  largeAnswers: LargeAnswers;
  userBudgets: UserBudgets;
  /** A user has opened a document. */
  onOpened(userId: string, documentId: string): void;
  clock: Clock;
  log: Logger;
  limits: ConnectionLimits;
}

/** A document on this socket: being opened, open at a node, or waiting to be opened again. */
interface Opening {
  state: 'opening';
  /** The node at which it is open already, when it is opened again. */
  owner: string | undefined;
  /** Access changed since the level was last read. */
  changed: boolean;
  revoked: boolean;
}
interface OpenedAt {
  state: 'open';
  owner: string;
  mode: Open['mode'];
  role: Role;
  clientId: number;
}
interface Moved {
  state: 'moved';
}
type OpenState = Opening | OpenedAt | Moved;

type Ack = (answer: object) => void;

/** The mode in which a socket opens a document: an API token without the scope to write opens it to view. */
const modeFor = ({ tokenRights }: Identity, requested: Open['mode']): Open['mode'] =>
  !tokenRights || tokenRights.scopes.includes('documents:write') ? requested : 'view';

/** The role on this socket: a document that was opened to view cannot be edited. */
const roleIn = (mode: Open['mode'], level: Role): Role => (mode === 'edit' ? level : 'view');

/** The node at which a document is open. */
function ownerOf(document: OpenState | undefined): string | undefined {
  switch (document?.state) {
    case 'open':
    case 'opening':
      return document.owner;
    default:
      return undefined;
  }
}

export class Connection implements UserConnection {
  readonly identity: Identity;
  readonly #socket: Socket;
  readonly #ports: ConnectionPorts;
  readonly #author: Author;
  readonly #documents = new Map<string, OpenState>();
  readonly #messages: TokenBucket;
  readonly #opens: TokenBucket;
  /** Of all sockets of the user. */
  readonly #user: UserBudget;
  /** Refusals that are left before the socket is disconnected. */
  readonly #refusalBudget: TokenBucket;
  /** Large answers on their way, in their order, and the documents that they are of. */
  readonly #large = new Map<LargeAnswer, string>();
  #disconnected = false;

  constructor(socket: Socket, identity: Identity, ports: ConnectionPorts) {
    this.identity = identity;
    this.#socket = socket;
    this.#ports = ports;
    this.#author = { userId: identity.userId, sessionId: identity.sessionId };
    const now = ports.clock.now();
    const { limits } = ports;
    this.#messages = new TokenBucket(limits.maxMessagesPerSecond, limits.maxMessageBurst, now);
    this.#opens = new TokenBucket(limits.maxOpensPerSecond, limits.maxOpenBurst, now);
    this.#user = ports.userBudgets.of(identity.userId);
    this.#refusalBudget = new TokenBucket(limits.maxMessagesPerSecond, limits.maxMessageBurst, now);
    socket.onAny((event: string, ...rest: unknown[]) => {
      const last = rest.at(-1);
      this.#onMessage(event, rest[0], typeof last === 'function' ? (last as Ack) : undefined);
    });
    takeFastPath(socket, (event, body, ack) => this.#onMessage(event, body, ack));
  }

  openDocuments(): Iterable<string> {
    return this.#documents.keys();
  }

  /** Documents open at other nodes: [document, owner]. */
  *openElsewhere(): Iterable<[string, string]> {
    for (const [documentId, document] of this.#documents) {
      if (document.state === 'open' && document.owner !== this.#ports.nodeId) yield [documentId, document.owner];
    }
  }

  /** The document is no longer where it was: edits are refused until it is opened again. */
  moved(documentId: string): void {
    if (this.#documents.get(documentId)?.state === 'open') this.#documents.set(documentId, { state: 'moved' });
  }

  accessChanged(documentId: string, level: Role | null): void {
    const document = this.#documents.get(documentId);
    if (!document) return;
    if (level === null) {
      // I6: nothing more of the document reaches this socket.
      if (document.state === 'opening') document.revoked = true;
      this.#closeDocument(documentId);
      this.#socket.emit('access', { doc: documentId, role: null });
      // A part of it that is being sent cannot be removed from the connection.
      if ([...this.#large.values()].includes(documentId)) this.#socket.disconnect(true);
    } else if (document.state === 'opening') {
      document.changed = true;
    } else if (document.state === 'open') {
      const role = roleIn(document.mode, level);
      if (role === document.role) return;
      document.role = role;
      this.#socket.emit('access', { doc: documentId, role });
    }
  }

  sessionEnded(): void {
    this.#disconnect('unauthenticated');
  }

  /** After the socket is gone. */
  closed(): void {
    for (const documentId of [...this.#documents.keys()]) this.#closeDocument(documentId);
    for (const large of [...this.#large.keys()]) large.release();
  }

  #onMessage(event: unknown, body: unknown, ack: Ack = () => undefined): void {
    const now = this.#ports.clock.now();
    if (!this.#messages.take(now) || !this.#user.messages.take(now)) {
      this.#countRefusal();
      ack(failure('rate_limited', Math.max(this.#messages.waitMs(), this.#user.messages.waitMs())));
      return;
    }
    const message = parseMessage(event, body);
    if (!message) {
      this.#countRefusal();
      ack(failure('bad_request'));
      return;
    }
    switch (message.event) {
      case 'edit':
        this.#edit(message.body, ack);
        return;
      case 'open':
        void this.#open(message.body).then(ack);
        return;
      case 'awareness':
        this.#awareness(message.body, ack);
        return;
      case 'close':
        this.#closeDocument(message.body.doc);
        ack({ ok: true });
        return;
      case 'ping':
        ack({ ok: true });
        return;
    }
  }

  async #open({ doc, clientID, stateVector, mode: requested }: Open): Promise<object> {
    const mode = modeFor(this.identity, requested);
    const { largeAnswers, limits, clock, router, rooms, nodeId } = this.#ports;
    const now = clock.now();
    if (!this.#opens.take(now) || !this.#user.opens.take(now)) {
      return failure('rate_limited', Math.max(this.#opens.waitMs(), this.#user.opens.waitMs()));
    }
    if (!this.#documents.has(doc)) {
      const hasRoom = this.#documents.size < limits.maxDocumentsPerSocket && this.#user.openDocument();
      if (!hasRoom) return failure('too_many_documents');
    }
    const opening: Opening = {
      state: 'opening',
      owner: ownerOf(this.#documents.get(doc)),
      changed: false,
      revoked: false,
    };
    this.#documents.set(doc, opening);
    const refuse = (refusal: Failure): Failure => {
      if (this.#documents.get(doc) === opening) this.#closeDocument(doc);
      return refusal;
    };

    let level = await this.#levelOf(doc, opening);
    if (level === 'unknown') return refuse(failure('unavailable', 1_000));
    if (level === null) return refuse(failure('not_found'));
    // I7: in the room before the owner answers, so that nothing is committed between the answer and the first message.
    if (this.#documents.get(doc) === opening) await this.#socket.join(roomOf(doc));
    const { answer, owner } = await router.open(doc, {
      participant: { node: nodeId, connection: this.#socket.id, author: this.#author, role: roleIn(mode, level) },
      clientId: clientID,
      stateVector,
    });
    if (!answer.ok || owner === undefined) return refuse(answer.ok ? failure('unavailable') : answer);
    const previous = opening.owner;
    opening.owner = owner;
    if (previous !== undefined && previous !== owner) this.#leave(doc, previous);
    const large = largeAnswers.admit(this.identity.userId, answer.update);
    if (large && 'ok' in large) return refuse(large);
    if (large) await this.#awaitTurn(large, doc);
    if (opening.changed) level = await this.#levelOf(doc, opening);
    const current = this.#documents.get(doc);
    if (current !== opening) {
      large?.release();
      // Closed, revoked or opened again meanwhile.
      if (current === undefined) this.#leave(doc, owner);
      else if (current.state === 'opening') current.owner ??= owner;
      return failure(opening.revoked ? 'not_found' : 'reopen');
    }
    if (level === 'unknown' || level === null) {
      large?.release();
      return refuse(level === null ? failure('not_found') : failure('unavailable', 1_000));
    }
    const role = roleIn(mode, level);
    this.#documents.set(doc, { state: 'open', owner, mode, role, clientId: clientID });
    rooms.welcome(doc, this.#socket.id, clientID);
    this.#ports.onOpened(this.identity.userId, doc);
    const { maxUpdateBytes, maxUpdateStructs } = limits;
    const { update } = large ?? answer;
    return { ...answer, update, role, maxUpdateBytes, maxUpdateStructs };
  }

  /** I9: one large answer is sent at a time; those that wait are counted already. */
  async #awaitTurn(large: LargeAnswer, documentId: string): Promise<void> {
    const before = [...this.#large.keys()].at(-1);
    this.#large.set(large, documentId);
    void large.gone.then(() => this.#large.delete(large));
    await before?.gone;
  }

  /** The level after the last change of access that this socket received. // I6: */
  async #levelOf(documentId: string, opening: Opening): Promise<Role | null | 'unknown'> {
    try {
      for (;;) {
        opening.changed = false;
        const level = await this.#ports.access.roleOf(this.identity.userId, documentId);
        if (!opening.changed) return level;
      }
    } catch {
      return 'unknown';
    }
  }

  #edit({ doc, n, update }: Edit, ack: Ack): void {
    const document = this.#documents.get(doc);
    if (document?.state !== 'open') {
      ack(failure(document ? 'reopen' : 'not_open'));
      return;
    }
    if (document.role === 'view') {
      ack(failure('read_only'));
      return;
    }
    this.#ports.router.edit(doc, document.owner, {
      connection: this.#socket.id,
      author: this.#author,
      update,
      reply: (answer) => ack(answer.ok ? { ...answer, n } : answer),
    });
  }

  #awareness({ doc, update }: Awareness, ack: Ack): void {
    const document = this.#documents.get(doc);
    if (document?.state !== 'open') {
      ack(failure(document ? 'reopen' : 'not_open'));
      return;
    }
    const presence = update.byteLength <= this.#ports.limits.maxAwarenessBytes ? readPresence(update) : undefined;
    // I4: a client may send its own awareness state alone.
    if (!presence || presence.clientId !== document.clientId) {
      this.#countRefusal();
      ack(failure('awareness_malformed'));
      return;
    }
    const { userId: id, handle } = this.identity;
    this.#ports.rooms.present(doc, this.#socket.id, stamp(presence, { id, handle }));
    ack({ ok: true });
  }

  #closeDocument(documentId: string): void {
    const document = this.#documents.get(documentId);
    if (!document) return;
    this.#documents.delete(documentId);
    this.#user.closeDocument();
    this.#ports.rooms.absent(documentId, this.#socket.id);
    void this.#socket.leave(roomOf(documentId));
    const owner = ownerOf(document);
    if (owner !== undefined) this.#leave(documentId, owner);
  }

  #leave(documentId: string, owner: string): void {
    this.#ports.router.leave(documentId, owner, { node: this.#ports.nodeId, connection: this.#socket.id });
  }

  /** I9: a client that continues after too many refusals is disconnected. */
  #countRefusal(): void {
    if (!this.#refusalBudget.take(this.#ports.clock.now())) this.#disconnect('rate_limited');
  }

  #disconnect(code: ErrorCode): void {
    if (this.#disconnected) return;
    this.#disconnected = true;
    const { error } = failure(code);
    this.#ports.log.info({ userId: this.identity.userId, connectionId: this.#socket.id, code }, 'socket disconnected');
    this.#socket.emit('bye', { code: error.code, message: error.message });
    this.#socket.disconnect(true);
  }
}
