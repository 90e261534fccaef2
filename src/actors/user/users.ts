/**
 * The users with connections on this node: counts the connections against the limit, and passes changes of access and
 * sessions to them. One supervised actor a user; the user's actors on other nodes get the same changes.
 *
 * I6: a change reaches open connections at once over `user:{id}`. Messages get lost, also while this node's own link is up:
 * users whose access or sessions changed are compared with the database, in one query for all of them; so is everybody
 * now and then, and when the link came back.
 */
import { type AnyActorRef, fromCallback } from 'xstate';
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { Role } from '../../../schemas/realtime.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { periodic } from '../../lib/periodic.ts';
import type { AccessPort, Identity, UserChange } from '../../ports/access.ts';
import type { ChangeFeed, Changes } from '../../ports/changes.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { NodeSupervisor } from '../supervision/node-supervisor.ts';
import { type RestartPolicy, type SupervisorInput, supervisorOf } from '../supervision/supervisor.ts';
import { type UserEvent, type UserInput, userMachine } from './user-machine.ts';

/** A connection as its user's actor sees it. */
export interface UserConnection {
  readonly identity: Identity;
  /** Documents open on it. */
  openDocuments(): Iterable<string>;
  accessChanged(documentId: string, role: Role | null): void;
  sessionEnded(): void;
}

export interface UsersOptions {
  node: NodeSupervisor;
  cluster: Cluster;
  access: AccessPort;
  changes: Pick<ChangeFeed, 'subscribe'>;
  /** Called for sessions that ended on any node. */
  onSessionRevoked: (sessionId: string) => void;
  policy: RestartPolicy;
  clock: Clock;
  log: Logger;
  limits: {
    maxSocketsPerUser: number;
    userLingerMs: number;
    /** Milliseconds between checks for expired sessions. */
    expiryMs: number;
  };
}

export interface Users {
  /** Registers a connection; a failure when the user has too many. */
  join(connection: UserConnection): Failure | undefined;
  leave(connection: UserConnection): void;
  /** Sends a committed change to every node, this one included. */
  publish(userId: string, change: UserChange): void;
  count(): number;
  close(): void;
}

/** A handshake ends long before so many more sessions of one user do. */
const MAX_ENDED_SESSIONS = 100;

interface PresentUser {
  readonly connections: Set<UserConnection>;
  /** Sessions that ended while the actor listened: a handshake may have read one just before. */
  readonly ended: Set<string>;
  /** Changes received so far. */
  changes: number;
  ref: AnyActorRef | undefined;
}

/** Users in one query. // I9: */
const MAX_AT_ONCE = 1_000;

/** The documents that a user has open, each once, with its connections. */
function openIn({ connections }: PresentUser) {
  const open = new Map<string, { userId: string; documentId: string; connections: UserConnection[] }>();
  for (const connection of connections) {
    const { userId } = connection.identity;
    for (const documentId of connection.openDocuments()) {
      const present = open.get(documentId);
      if (present) present.connections.push(connection);
      else open.set(documentId, { userId, documentId, connections: [connection] });
    }
  }
  return [...open.values()];
}

export function createUsers(options: UsersOptions): Users {
  const { node, cluster, access, policy, clock, log, limits } = options;
  const present = new Map<string, PresentUser>();
  /** Users with a new connection: its session may have ended between its lookup and now. */
  const joined = new Set<PresentUser>();
  const logic = supervisorOf<UserEvent>(
    userMachine.provide({
      actors: {
        changes: fromCallback(({ input, sendBack }) =>
          cluster.subscribe(
            `user:${input.userId}`,
            (change) => sendBack({ type: 'CHANGED', change: change as UserChange }),
            () => sendBack({ type: 'LISTENING' }),
          ),
        ),
      },
    }),
  );

  function apply(entry: PresentUser, change: UserChange): void {
    entry.changes += 1;
    if (change.kind === 'session-revoked') endSession(entry, change.sessionId);
    else for (const connection of [...entry.connections]) connection.accessChanged(change.documentId, change.role);
  }

  function endSession(entry: PresentUser, sessionId: string): void {
    entry.ended.add(sessionId);
    if (entry.ended.size > MAX_ENDED_SESSIONS) entry.ended.delete(entry.ended.values().next().value ?? '');
    options.onSessionRevoked(sessionId);
    for (const connection of [...entry.connections]) {
      if (connection.identity.sessionId === sessionId) connection.sessionEnded();
    }
  }

  function start(userId: string, entry: PresentUser): void {
    const machineInput: UserInput = {
      userId,
      lingerMs: limits.userLingerMs,
      connections: () => entry.connections.size,
      apply: (change) => apply(entry, change),
      recheck: () => recheckSoon([entry]),
    };
    const input: SupervisorInput<UserEvent> = {
      workerInput: () => machineInput,
      policy,
      now: clock.now,
      refuse: () => undefined,
      onCrash: (error) => {
        log.error({ userId, err: error }, 'user actor crashed');
        // Changes may be missed until it runs again.
        recheckSoon([entry]);
      },
    };
    entry.ref = node.start(`user:${userId}`, logic, input, () => {
      entry.ref = undefined;
      present.delete(userId);
      for (const connection of [...entry.connections]) connection.sessionEnded();
    });
  }

  /** Compares the documents and sessions that these users have open with the database. Those that change meanwhile are read again. */
  async function recheck(entries: readonly PresentUser[]): Promise<void> {
    const before = entries.map(({ changes }) => changes);
    const sessions = entries.flatMap((entry, at) =>
      [...new Set([...entry.connections].map(({ identity }) => identity.sessionId))].map((id) => ({ entry, at, id })),
    );
    const pairs = entries.flatMap((entry, at) => openIn(entry).map((open) => ({ ...open, at })));
    if (sessions.length === 0) return;
    const valid = await access.validSessions(sessions.map(({ id }) => id));
    const roles = await access.rolesOf(pairs);
    const current = entries.map(({ changes }, at) => changes === before[at]);
    for (const [index, { connections, at, documentId }] of pairs.entries()) {
      for (const connection of current[at] ? connections : []) {
        connection.accessChanged(documentId, roles[index] ?? null);
      }
    }
    for (const { entry, at, id } of sessions) if (current[at] && !valid.has(id)) endSession(entry, id);
    const changed = entries.filter((_, at) => !current[at]);
    if (changed.length > 0) await recheck(changed);
  }

  /** At once, without waiting for the change feed, which repeats what fails. */
  function recheckSoon(entries: readonly PresentUser[]): void {
    for (const entry of entries) joined.add(entry);
    recheck(entries).catch((error: unknown) => log.warn({ err: error }, 'could not recheck access'));
  }

  async function onChanges({ everything, users }: Changes): Promise<void> {
    const named = everything ? present.values() : [...users].flatMap((userId) => present.get(userId) ?? []);
    const entries = [...new Set([...named, ...joined])];
    joined.clear();
    try {
      for (let at = 0; at < entries.length; at += MAX_AT_ONCE) await recheck(entries.slice(at, at + MAX_AT_ONCE));
    } catch (error) {
      for (const entry of entries) joined.add(entry);
      throw error;
    }
  }

  const offChanges = options.changes.subscribe(onChanges);
  const offReconnected = cluster.onReconnected(() => recheckSoon([...present.values()]));
  const expiry = periodic(limits.expiryMs, 'expiry of sessions', log, async () => {
    const now = clock.now();
    for (const { connections } of present.values()) {
      for (const connection of [...connections]) {
        if (connection.identity.expiresAt <= now) connection.sessionEnded();
      }
    }
  });

  return {
    join(connection) {
      const { userId } = connection.identity;
      let entry = present.get(userId);
      if (!entry) {
        entry = { connections: new Set(), ended: new Set(), changes: 0, ref: undefined };
        present.set(userId, entry);
        start(userId, entry);
      }
      if (entry.ended.has(connection.identity.sessionId)) return failure('unauthenticated');
      if (entry.connections.size >= limits.maxSocketsPerUser) return failure('too_many_sockets', 5_000);
      entry.connections.add(connection);
      joined.add(entry);
      entry.ref?.send({ type: 'DELIVER', message: { type: 'JOINED' } });
      return undefined;
    },
    leave(connection) {
      const entry = present.get(connection.identity.userId);
      if (!entry?.connections.delete(connection)) return;
      entry.ref?.send({ type: 'DELIVER', message: { type: 'LEFT' } });
    },
    publish(userId, change) {
      // The copy that comes back over the channel has no further effect.
      const entry = present.get(userId);
      if (entry) apply(entry, change);
      cluster.publish(`user:${userId}`, change);
    },
    count: () => present.size,
    close() {
      offChanges();
      offReconnected();
      void expiry.stop();
    },
  };
}
