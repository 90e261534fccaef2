/**
 * Incoming payloads: decodes them and passes each frame on. A frame counts only on the channel where it
 * belongs. Garbage is counted and costs nothing else (I10); calls of an unknown version are refused, so that
 * their sender need not wait. Knows neither how connections are kept nor how liveness is judged.
 */
import type { Logger } from '../../lib/logger.ts';
import type { CallTable } from '../calls.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { Connection } from './connection.ts';
import type { ClusterEvent } from './events.ts';
import { decodePayload, encodeFrame, encodeRefusal, type Frame } from './frame.ts';
import type { Link } from './link.ts';
import type { Membership } from './membership.ts';
import type { ChannelNames } from './names.ts';
import type { Outbox } from './outbox.ts';

export interface InboundOptions {
  nodeId: string;
  instance: string;
  names: ChannelNames;
  dispatcher: Dispatcher;
  calls: CallTable;
  membership: Membership;
  link: Link;
  outbox: Outbox;
  publisher: Connection;
  log: Logger;
  onEvent: (event: ClusterEvent) => void;
}

export class Inbound {
  readonly #options: InboundOptions;
  readonly #refusal: Buffer;

  constructor(options: InboundOptions) {
    this.#options = options;
    this.#refusal = encodeRefusal(options.nodeId);
  }

  /** Takes in one message of Redis; never throws. */
  receive(channel: string, bytes: Uint8Array): void {
    const { names, nodeId, calls, onEvent } = this.#options;
    const payload = decodePayload(bytes);
    switch (payload.outcome) {
      case 'garbage':
        onEvent({ kind: 'garbage' });
        return;
      case 'foreign':
        onEvent({ kind: 'version', nodeId: payload.from });
        if (names.nodeOf(channel) === nodeId) this.#refuse(payload.from, payload.version);
        return;
      case 'refusal':
        onEvent({ kind: 'version', nodeId: payload.from });
        calls.failNode(payload.from, 'failed');
        return;
      case 'frames':
        for (let i = 0; i < payload.malformed; i++) onEvent({ kind: 'garbage' });
        for (const frame of payload.frames) this.#take(channel, payload.from, frame);
    }
  }

  #take(channel: string, from: string, frame: Frame): void {
    const { names, nodeId, dispatcher } = this.#options;
    if (channel === names.beat) {
      this.#takeBeat(from, frame);
      return;
    }
    if (from === nodeId) return; // what we say to ourselves goes another way
    if (names.nodeOf(channel) === nodeId) {
      this.#takeAddressed(from, frame);
      return;
    }
    const name = names.nameOf(channel);
    if (name !== undefined && frame.kind === 'publication') dispatcher.deliver(name, frame.value);
  }

  #takeAddressed(from: string, frame: Frame): void {
    const { calls, dispatcher } = this.#options;
    switch (frame.kind) {
      case 'call':
        void this.#serve(frame.id, frame.method, frame.value, from);
        return;
      case 'answer':
        calls.answer(frame.id, from, { ok: true, value: frame.value });
        return;
      case 'failed':
        calls.answer(frame.id, from, { ok: false, reason: 'failed' });
        return;
      case 'post':
        dispatcher.receive(frame.topic, frame.value, from);
        return;
      case 'publication':
      case 'beat':
      case 'leave':
        return;
    }
  }

  #takeBeat(from: string, frame: Frame): void {
    const { nodeId, instance, log, link, membership, calls } = this.#options;
    if (frame.kind !== 'beat' && frame.kind !== 'leave') return;
    if (from === nodeId) {
      if (frame.instance !== instance) log.error({ nodeId }, 'another process uses the id of this node');
      else if (frame.kind === 'beat') link.echoed(frame.sentAt);
    } else if (frame.kind === 'beat') {
      membership.heartbeat(from);
    } else {
      membership.saidGoodbye(from);
      calls.failNode(from, 'dead');
    }
  }

  async #serve(id: number, method: string, value: unknown, from: string): Promise<void> {
    const { dispatcher, outbox, names, log, onEvent } = this.#options;
    const result = await dispatcher.serve(method, value, from);
    onEvent({ kind: 'served', method, ok: result.ok });
    const channel = names.node(from);
    if (result.ok) {
      try {
        if (outbox.send(channel, encodeFrame({ kind: 'answer', id, value: result.value }))) return;
      } catch (err) {
        log.error({ err, method }, 'cluster call returned a value that is not plain data');
      }
    }
    outbox.send(channel, encodeFrame({ kind: 'failed', id }));
  }

  #refuse(nodeId: string, version: number): void {
    const { publisher, names, log } = this.#options;
    log.debug({ fromNode: nodeId, version }, 'rejected a message of another wire version');
    if (publisher.up) publisher.client.publish(names.node(nodeId), this.#refusal).catch(() => {});
  }
}
