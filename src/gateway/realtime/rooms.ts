/**
 * Rooms of the author protocol: one a document. Tells the sockets of this node what the document's owner said, and
 * carries awareness between nodes through Socket.IO's adapter. Knows nothing of access: who is in a room was checked.
 */
import type { Server } from 'socket.io';
import type { Edits, Head, ReopenReason } from '../../../schemas/realtime.ts';
import { type Presence, writePresence } from './awareness.ts';

const ASK_PRESENCE = 'stet:presence';

export const roomOf = (documentId: string): string => `doc:${documentId}`;

export class Rooms {
  readonly #io: Server;
  /** Latest presence of this node's sockets, by document and socket. */
  readonly #presence = new Map<string, Map<string, Presence>>();

  readonly #clustered: boolean;

  /** @param clustered whether the server's adapter reaches other nodes */
  constructor(io: Server, clustered: boolean) {
    this.#io = io;
    this.#clustered = clustered;
    io.on(ASK_PRESENCE, (documentId: string, socketId: string) => this.#showLocal(documentId, socketId));
  }

  edits(message: Edits, except: string | undefined): void {
    const room = this.#io.local.to(roomOf(message.doc));
    (except === undefined ? room : room.except(except)).emit('edits', message);
  }

  head(message: Head): void {
    this.#io.local.to(roomOf(message.doc)).emit('head', message);
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

  present(documentId: string, socketId: string, presence: Presence): void {
    const entries = this.#presence.get(documentId) ?? new Map<string, Presence>();
    this.#presence.set(documentId, entries);
    entries.set(socketId, presence);
    this.#tell(documentId, socketId, presence);
  }

  absent(documentId: string, socketId: string): void {
    const entries = this.#presence.get(documentId);
    const presence = entries?.get(socketId);
    if (!entries || !presence) return;
    entries.delete(socketId);
    if (entries.size === 0) this.#presence.delete(documentId);
    // The same clock: a client that comes back goes on counting from there.
    this.#tell(documentId, socketId, { ...presence, state: null });
  }

  #tell(documentId: string, except: string, presence: Presence): void {
    const message = { doc: documentId, update: writePresence([presence]) };
    this.#io.volatile.to(roomOf(documentId)).except(except).emit('awareness', message);
  }

  #showLocal(documentId: string, socketId: string): void {
    const entries = this.#presence.get(documentId);
    if (!entries) return;
    const others = [...entries].filter(([id]) => id !== socketId).map(([, presence]) => presence);
    if (others.length > 0) this.#io.to(socketId).emit('awareness', { doc: documentId, update: writePresence(others) });
  }
}
