/**
 * Rooms of the author protocol, one a document: pass the owner's messages to the sockets of this node, and awareness between all
 * who have the document open: to Socket.IO sockets through its adapter, to watchers (sockets of other protocols) over the
 * cluster. Access is checked before a socket joins a room.
 */
import type { Server } from 'socket.io';
import type { Changed, Edits, Head, ReopenReason } from '../../../schemas/realtime.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { type Presence, readPresences, writePresence } from './awareness.ts';

const ASK_PRESENCE = 'stet:presence';
const ASK_PRESENCE_OF_ALL = 'stet:presence-of-all';
const presenceChannel = (documentId: string): string => `presence:${documentId}`;

/** A receiver of presence that is no Socket.IO socket. */
export interface PresenceWatcher {
  /** The id of its own presence, which is not shown to it. */
  readonly connection: string;
  show(presences: readonly Presence[]): void;
}

/** What travels on `presence:{id}`. */
interface PresenceMessage {
  node: string;
  update: Uint8Array;
}

interface Watched {
  readonly watchers: Set<PresenceWatcher>;
  readonly stop: () => void;
}

export const roomOf = (documentId: string): string => `doc:${documentId}`;

export class Rooms {
  readonly #io: Server;
  /** Latest presence of this node's sockets, by document and socket. */
  readonly #presence = new Map<string, Map<string, Presence>>();

  readonly #watched = new Map<string, Watched>();
  readonly #cluster: Pick<Cluster, 'nodeId' | 'publish' | 'subscribe'>;
  readonly #clustered: boolean;

  /** @param clustered whether the server's adapter reaches other nodes */
  constructor(io: Server, cluster: Pick<Cluster, 'nodeId' | 'publish' | 'subscribe'>, clustered: boolean) {
    this.#io = io;
    this.#cluster = cluster;
    this.#clustered = clustered;
    io.on(ASK_PRESENCE, (documentId: string, socketId: string) => this.#showLocal(documentId, socketId));
    io.on(ASK_PRESENCE_OF_ALL, (documentId: string) => this.#publish(documentId, this.#local(documentId, undefined)));
  }

  edits(message: Edits, except: string | undefined): void {
    const room = this.#io.local.to(roomOf(message.doc));
    (except === undefined ? room : room.except(except)).emit('edits', message);
  }

  head(message: Head): void {
    this.#io.local.to(roomOf(message.doc)).emit('head', message);
  }

  /** The document itself changed, not its text. */
  changed(documentId: string): void {
    this.#io.local.to(roomOf(documentId)).emit('changed', { doc: documentId } satisfies Changed);
  }

  reopen(documentId: string, reason: ReopenReason): void {
    this.#io.local.to(roomOf(documentId)).emit('reopen', { doc: documentId, reason });
  }

  /** Shows who is here, on every node, to a socket that opened the document as `clientId`. */
  welcome(documentId: string, socketId: string, clientId: number): void {
    if (this.#presence.get(documentId)?.get(socketId)?.clientId !== clientId) this.absent(documentId, socketId);
    this.#showLocal(documentId, socketId);
    if (this.#clustered) this.#io.serverSideEmit(ASK_PRESENCE, documentId, socketId);
  }

  /** Shows a watcher who is here, on every node, and whatever changes. @returns stop */
  watch(documentId: string, watcher: PresenceWatcher): () => void {
    const others = this.#local(documentId, watcher.connection);
    if (others.length > 0) watcher.show(others);
    const watched = this.#watched.get(documentId);
    if (watched) {
      watched.watchers.add(watcher);
      this.#requestPresence(documentId);
    } else {
      this.#watched.set(documentId, { watchers: new Set([watcher]), stop: this.#listen(documentId) });
    }
    return () => {
      const left = this.#watched.get(documentId);
      if (!left?.watchers.delete(watcher) || left.watchers.size > 0) return;
      this.#watched.delete(documentId);
      left.stop();
    };
  }

  present(documentId: string, socketId: string, presence: Presence): void {
    const entries = this.#presence.get(documentId) ?? new Map<string, Presence>();
    this.#presence.set(documentId, entries);
    entries.set(socketId, presence);
    this.#broadcast(documentId, socketId, presence);
  }

  absent(documentId: string, socketId: string): void {
    const entries = this.#presence.get(documentId);
    const presence = entries?.get(socketId);
    if (!entries || !presence) return;
    entries.delete(socketId);
    if (entries.size === 0) this.#presence.delete(documentId);
    // The same clock: a client that comes back goes on counting from there.
    this.#broadcast(documentId, socketId, { ...presence, state: null });
  }

  #broadcast(documentId: string, except: string, presence: Presence): void {
    const message = { doc: documentId, update: writePresence([presence]) };
    this.#io.volatile.to(roomOf(documentId)).except(except).emit('awareness', message);
    this.#showWatchers(documentId, [presence], except);
    this.#publish(documentId, [presence]);
  }

  #showLocal(documentId: string, socketId: string): void {
    const others = this.#local(documentId, socketId);
    if (others.length > 0) this.#io.to(socketId).emit('awareness', { doc: documentId, update: writePresence(others) });
  }

  /** Presence of this node's sockets, one of them left out. */
  #local(documentId: string, except: string | undefined): Presence[] {
    const entries = [...(this.#presence.get(documentId) ?? [])];
    return entries.filter(([id]) => id !== except).map(([, presence]) => presence);
  }

  #showWatchers(documentId: string, presences: readonly Presence[], except: string | undefined): void {
    for (const watcher of this.#watched.get(documentId)?.watchers ?? []) {
      if (watcher.connection !== except) watcher.show(presences);
    }
  }

  /** For the watchers of other nodes. */
  #publish(documentId: string, presences: readonly Presence[]): void {
    if (!this.#clustered || presences.length === 0) return;
    const message: PresenceMessage = { node: this.#cluster.nodeId, update: writePresence(presences) };
    this.#cluster.publish(presenceChannel(documentId), message);
  }

  /** Subscribes to other nodes' presence, and requests it once subscribed. */
  #listen(documentId: string): () => void {
    return this.#cluster.subscribe(
      presenceChannel(documentId),
      (value) => {
        const { node, update } = value as PresenceMessage;
        if (node === this.#cluster.nodeId) return;
        this.#showWatchers(documentId, readPresences(update) ?? [], undefined);
      },
      () => this.#requestPresence(documentId),
    );
  }

  #requestPresence(documentId: string): void {
    if (this.#clustered) this.#io.serverSideEmit(ASK_PRESENCE_OF_ALL, documentId);
  }
}
