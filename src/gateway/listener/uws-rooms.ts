/**
 * Broadcasts of Socket.IO servers on uWS, through its native publish/subscribe: one call a packet instead of one a
 * socket. It does not know HTTP, upgrades or events.
 *
 * Adapters, the Redis one too, reach the in-memory adapter by `super.broadcast`, so the only place to act is that
 * class's prototype, which the whole process shares. Socket.IO's own patch there serves one app alone and breaks
 * servers on node:http beside it; and closing any server removes it. Here instead:
 *
 * R1 The prototype's methods ask which server an adapter belongs to; adapters of other servers behave as ever.
 * R2 They are installed once, and assignments to them are ignored: Socket.IO's patch and its removal do nothing.
 * R3 A socket's native topics are its rooms at all times, also when it leaves all of them at once and stays
 *    connected: what a user may no longer see stops there (I6).
 * R4 Whatever cannot be expressed as one publish goes the ordinary way, socket by socket.
 *
 * Not kept: `onAnyOutgoing` listeners do not hear of broadcasts that were published natively.
 */
import type { Namespace, Server as SocketIoServer } from 'socket.io';
import { RopeFrame } from '../../lib/msgpack/rope.ts';
import { LARGE_BYTES } from './outbox.ts';
import type { UwsPeer, UwsTopics } from './uws-peer.ts';

type Adapter = Namespace['adapter'];
type Packet = Parameters<Adapter['broadcast']>[0];
type BroadcastOptions = Parameters<Adapter['broadcast']>[1];

const METHODS = ['addAll', 'del', 'delAll', 'broadcast'] as const;
type Methods = Pick<Adapter, (typeof METHODS)[number]>;

/** By adapter prototype: process-wide, because what they stand for is (R1). */
const installed = new WeakMap<object, WeakMap<object, UwsRooms>>();

const SEPARATOR = '\x1f';
const ENGINE_MESSAGE = '4';

export class UwsRooms {
  readonly #topics: UwsTopics;
  readonly #open = new Set<UwsPeer>();

  constructor(topics: UwsTopics) {
    this.#topics = topics;
  }

  /** From now on the server's broadcasts go through this app. */
  serve(io: SocketIoServer): void {
    const prototype = basePrototype(io.of('/').adapter);
    let servers = installed.get(prototype);
    if (servers === undefined) {
      servers = new WeakMap();
      installed.set(prototype, servers);
      install(prototype, servers);
    }
    servers.set(io, this);
  }

  opened(socket: UwsPeer): void {
    this.#open.add(socket);
  }

  closed(socket: UwsPeer): void {
    this.#open.delete(socket);
  }

  joined(adapter: Adapter, id: string, rooms: Iterable<string>): void {
    const socket = this.#nativeOf(adapter, id);
    if (socket === undefined) return;
    socket.subscribe(topicOf(adapter));
    for (const room of rooms) socket.subscribe(topicOf(adapter, room));
  }

  left(adapter: Adapter, id: string, room: string): void {
    this.#nativeOf(adapter, id)?.unsubscribe(topicOf(adapter, room));
  }

  /** Before the adapter forgets which rooms these are (R3). */
  leavesAll(adapter: Adapter, id: string): void {
    const socket = this.#nativeOf(adapter, id);
    if (socket === undefined) return;
    for (const room of adapter.sids.get(id) ?? []) socket.unsubscribe(topicOf(adapter, room));
    socket.unsubscribe(topicOf(adapter));
  }

  /** True if the packet was published; false if it has to go the ordinary way (R4). */
  publish(adapter: Adapter, packet: Packet, options: BroadcastOptions): boolean {
    const { rooms } = options;
    const except = options.except ?? new Set<string>();
    if (rooms.size > 1 || except.size > 1) return false;
    const [excluded] = except;
    const sender = excluded === undefined ? undefined : this.#onlyMember(adapter, excluded);
    if (sender === null) return false;
    const [room] = rooms;
    const topic = room === undefined ? topicOf(adapter) : topicOf(adapter, room);
    packet.nsp = adapter.nsp.name;
    const frames = encoderOf(adapter).encode(packet);
    // As one unit to each, whose bytes all of them share.
    if (frames.some((frame) => frame instanceof RopeFrame || frame.length > LARGE_BYTES)) return false;
    for (const frame of frames) {
      const isBinary = typeof frame !== 'string';
      const message = isBinary ? frame : ENGINE_MESSAGE + frame;
      // A socket's own publish reaches every subscriber but itself.
      if (sender === undefined) this.#topics.publish(topic, message, isBinary);
      else this.#topics.publishFrom(sender, topic, message, isBinary);
    }
    return true;
  }

  /** The one socket that an excluded room stands for; undefined if it is empty here, null if it is not that simple. */
  #onlyMember(adapter: Adapter, room: string): UwsPeer | undefined | null {
    const members = adapter.rooms.get(room);
    if (members === undefined || members.size === 0) return undefined;
    if (members.size > 1) return null;
    const [id] = members;
    return this.#nativeOf(adapter, id!) ?? null;
  }

  #nativeOf(adapter: Adapter, id: string): UwsPeer | undefined {
    const socket = socketsOf(adapter.nsp).find(id);
    const native = socket?.conn.transport.socket;
    return native !== undefined && this.#open.has(native) ? native : undefined;
  }
}

interface HasNative {
  conn: { transport: { socket?: UwsPeer } };
}

/** What Socket.IO has and does not declare: sockets join their own room before they are listed. */
function socketsOf(namespace: Namespace): { find(id: string): HasNative | undefined } {
  const { sockets, _preConnectSockets: joining } = namespace as unknown as {
    sockets: Map<string, HasNative>;
    _preConnectSockets?: Map<string, HasNative>;
  };
  return { find: (id) => sockets.get(id) ?? joining?.get(id) };
}

function encoderOf(adapter: Adapter): { encode(packet: Packet): (string | Uint8Array)[] } {
  return (adapter as unknown as { encoder: { encode(packet: Packet): (string | Uint8Array)[] } }).encoder;
}

function topicOf(adapter: Adapter, room?: string): string {
  const namespace = `io${SEPARATOR}${adapter.nsp.name}`;
  return room === undefined ? namespace : `${namespace}${SEPARATOR}${room}`;
}

/** The in-memory adapter's prototype, below whatever adapter the server uses. */
function basePrototype(adapter: Adapter): Methods {
  let base: Methods | undefined;
  for (let at: object | null = Object.getPrototypeOf(adapter); at !== null; at = Object.getPrototypeOf(at)) {
    if (METHODS.every((name) => Object.hasOwn(at!, name))) base = at as Methods;
  }
  if (base === undefined) throw new TypeError('the Socket.IO adapter is not built on the in-memory one');
  return base;
}

function install(prototype: Methods, servers: WeakMap<object, UwsRooms>): void {
  const { addAll, del, delAll, broadcast } = prototype;
  const roomsOf = (adapter: Adapter): UwsRooms | undefined => servers.get(serverOf(adapter));
  const methods: Methods = {
    addAll(this: Adapter, id, rooms) {
      const result = addAll.call(this, id, rooms);
      roomsOf(this)?.joined(this, id, rooms);
      return result;
    },
    del(this: Adapter, id, room) {
      roomsOf(this)?.left(this, id, room);
      return del.call(this, id, room);
    },
    delAll(this: Adapter, id) {
      roomsOf(this)?.leavesAll(this, id);
      delAll.call(this, id);
    },
    broadcast(this: Adapter, packet, options) {
      if (roomsOf(this)?.publish(this, packet, options) !== true) broadcast.call(this, packet, options);
    },
  };
  for (const name of METHODS) {
    // R2: an accessor whose setter keeps nothing.
    Object.defineProperty(prototype, name, { get: () => methods[name], set: () => undefined, configurable: true });
  }
}

function serverOf(adapter: Adapter): object {
  return (adapter.nsp as unknown as { server: object }).server;
}
