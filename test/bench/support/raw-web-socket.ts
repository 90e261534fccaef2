/**
 * A WebSocket client that costs next to nothing: one TCP connection, frames counted and looked at in place. It trusts its
 * server; for load generators alone.
 */
import { randomBytes } from 'node:crypto';
import net from 'node:net';

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const HEAD_END = '\r\n\r\n';

export interface RawWebSocketOptions {
  host: string;
  port: number;
  path: string;
  /** Another loopback address has ports of its own. */
  localAddress?: string;
  onFrame(bytes: Buffer, start: number, end: number): void;
  onClose?(): void;
}

export class RawWebSocket {
  /** Rejects when the handshake is refused. */
  readonly opened: Promise<void>;
  readonly #socket: net.Socket;
  readonly #onFrame: RawWebSocketOptions['onFrame'];
  /** The beginning of a frame whose rest has not come. */
  #rest: Buffer | undefined;

  constructor({ host, port, path, localAddress, onFrame, onClose }: RawWebSocketOptions) {
    this.#onFrame = onFrame;
    this.#socket = net.connect({ host, port, noDelay: true, ...(localAddress !== undefined && { localAddress }) });
    const key = randomBytes(16).toString('base64');
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13${HEAD_END}`,
    );
    this.opened = new Promise((resolve, reject) => {
      let head = Buffer.alloc(0);
      const onHead = (chunk: Buffer): void => {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf(HEAD_END);
        if (end < 0) return;
        this.#socket.off('data', onHead);
        if (!head.subarray(0, 12).equals(Buffer.from('HTTP/1.1 101'))) {
          reject(new Error(head.subarray(0, end).toString()));
          this.#socket.destroy();
          return;
        }
        this.#socket.on('data', (bytes: Buffer) => this.#read(bytes));
        resolve();
        this.#read(head.subarray(end + HEAD_END.length));
      };
      this.#socket.on('data', onHead);
      this.#socket.on('error', reject);
      this.#socket.on('close', () => reject(new Error('closed')));
    });
    if (onClose) this.#socket.on('close', onClose);
  }

  /** Up to 125 bytes. */
  send(message: string | Uint8Array, opcode = typeof message === 'string' ? TEXT : BINARY): void {
    const payload = Buffer.from(message);
    // Masked with zeros: the payload stays as it is.
    this.#socket.write(Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    this.#rest = undefined;
    let at = 0;
    while (at + 2 <= bytes.length) {
      const short = bytes[at + 1]! & 0x7f;
      const head = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (at + head > bytes.length) break;
      const size =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
      const end = at + head + size;
      if (end > bytes.length) break;
      const opcode = bytes[at]! & 0x0f;
      if (opcode === PING) this.send(bytes.subarray(at + head, end), PONG);
      else if (opcode === CLOSE) this.#socket.end();
      else this.#onFrame(bytes, at + head, end);
      at = end;
    }
    // A copy: a part of the chunk would keep all of it.
    if (at < bytes.length) this.#rest = Buffer.from(bytes.subarray(at));
  }
}
