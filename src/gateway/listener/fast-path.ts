/**
 * Binary messages of a Socket.IO client straight to whom they are for, past Engine.IO and Socket.IO: the walk through both
 * costs as much as an edit's checks do. Between the listener that has the message and the gateway that takes it.
 *
 * What is not taken goes the ordinary way, so that handshakes, heartbeats, disconnects and whatever is malformed are still
 * theirs.
 */
export const FAST_PATH = Symbol('fast path');

/** Longer messages, bytes, take the ordinary way: what they cost is not the walk. */
export const FAST_BYTES = 16_384;

/** True: taken. The bytes are the receiver's own. */
export type FastPath = (bytes: Uint8Array) => boolean;

/** What Engine.IO's transport bears while its client's messages may go this way. */
export interface FastTransport {
  [FAST_PATH]?: FastPath | undefined;
}
