/**
 * A live document's draft as this node shows it, for all channels of a door that show it together: one participant at the owner, and
 * the committed content read and rendered once when it changed. Knows no sockets.
 *
 * I3: what is shown was read from the owner after its commit. I6: a channel gets what was read after it came, or was restarted,
 * and nothing from before. I9: changes are sent no more often than the door wants, and less often when reading and sending them
 * is expensive; later ones are part of the next.
 */
import type { LiveText } from '../../../../schemas/viewer.ts';
import type { DocumentRouter } from '../../../actors/document/router.ts';
import {
  DraftSubscription,
  type SubscriptionListener,
} from '../../../actors/document/subscriptions/draft-subscription.ts';
import { renderBlock } from '../../../content/html/html.ts';
import type { DraftContent } from '../../../content/model/types.ts';
import type { Random } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import { later } from '../../../lib/timers.ts';
import type { Cluster } from '../../../ports/cluster.ts';
import type { DraftEvents, OpenDraft } from '../../../published/draft-display.ts';
import { changeBetween, type LiveChange, wholeOf } from './live-change.ts';

export interface LiveDraftPorts {
  cluster: Cluster;
  router: DocumentRouter;
  random: Random;
  log: Logger;
  /** Least time between two changes, milliseconds. */
  paceMs: number;
  closed(): void;
}

/** After a read that failed. */
const RETRY_MS = 1_000;
/** The share of the node's time that one draft may take. */
const SHARE = 0.1;

/** A channel that shows the draft. */
interface DraftReader {
  readonly events: DraftEvents;
  /** The first read whose text it may have, and then gets whole; undefined: it has the text. */
  firstRead: number | undefined;
}

export class LiveDraft implements SubscriptionListener {
  readonly documentId: string;
  readonly subscription: DraftSubscription;
  readonly #ports: LiveDraftPorts;
  readonly #readers = new Set<DraftReader>();
  #text: LiveText | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOpen = false;
  /** Begun so far. */
  #reads = 0;
  #reading = false;
  #changedMeanwhile = false;
  /** Milliseconds of `performance.now`, before which there is no further read. */
  #notBefore = 0;
  #closed = false;

  constructor(documentId: string, ports: LiveDraftPorts) {
    this.documentId = documentId;
    this.#ports = ports;
    this.subscription = new DraftSubscription(documentId, ports);
    this.subscription.add(this);
    void this.subscription.opened.then((refusal) => {
      if (refusal) {
        this.failed();
        return;
      }
      this.#isOpen = true;
      this.#schedule();
    });
  }

  /** Shows the draft to one channel more, until that closes what it gets. The last one to close it closes the draft. */
  add(events: DraftEvents): OpenDraft {
    const reader: DraftReader = { events, firstRead: undefined };
    const restart = (): void => {
      reader.firstRead = this.#reads + 1;
      this.#schedule();
    };
    const textOf = (): LiveText | undefined => (reader.firstRead === undefined ? this.#text : undefined);
    this.#readers.add(reader);
    restart();
    return {
      get text() {
        return textOf();
      },
      restart,
      close: () => {
        if (this.#readers.delete(reader) && this.#readers.size === 0) this.#close();
      },
    };
  }

  // For its subscription ---------------------------------------------------------------------------------------------

  edits(): void {
    this.#schedule();
  }

  headMoved(): void {
    this.#schedule();
  }

  reopened(): void {
    this.#schedule();
  }

  notice(): void {}

  failed(): void {
    if (this.#closed) return;
    this.#close();
    const readers = [...this.#readers];
    this.#readers.clear();
    for (const { events } of readers) events.failed();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.subscription.remove(this);
    this.subscription.close();
    this.#ports.closed();
  }

  #schedule(): void {
    if (this.#closed || !this.#isOpen) return;
    this.#changedMeanwhile = true;
    if (this.#reading || this.#timer !== undefined) return;
    this.#timer = later(Math.max(this.#notBefore - performance.now(), 0), 'a live draft', this.#ports.log, () =>
      this.#read(),
    );
  }

  async #read(): Promise<void> {
    this.#timer = undefined;
    this.#reading = true;
    this.#reads += 1;
    this.#changedMeanwhile = false;
    this.#notBefore = performance.now() + this.#ports.paceMs;
    try {
      const answer = await this.#ports.router.read(this.documentId, 'content');
      if (this.#closed) return;
      if (answer.ok) this.#show(answer.seq, answer.content);
      else if (answer.error.code === 'not_found' || answer.error.code === 'draining') this.failed();
      else this.#tryAgain();
    } catch (error) {
      this.#tryAgain();
      this.#ports.log.warn({ documentId: this.documentId, err: error }, 'could not read a live draft');
    } finally {
      this.#reading = false;
      if (this.#changedMeanwhile) this.#schedule();
    }
  }

  /** I7: a read that failed is repeated, whether there are changes or not. */
  #tryAgain(): void {
    this.#changedMeanwhile = true;
    this.#notBefore = performance.now() + RETRY_MS;
  }

  #show(seq: number, content: DraftContent): void {
    const before = this.#text;
    // From a node that does not own the document any more.
    if (before && seq < before.seq) {
      this.#tryAgain();
      return;
    }
    const startedAt = performance.now();
    const text: LiveText = {
      seq,
      title: content.title ?? this.#untitled(),
      summary: content.summary,
      blocks: seq === before?.seq ? before.blocks : content.body.content.map(renderBlock),
    };
    const change = before && changeBetween(before, text);
    // After an edit that readers cannot see, their position stays.
    const shown = before && !change ? before : text;
    this.#text = shown;
    if (this.#send(shown, change)) this.#notBefore = Math.max(this.#notBefore, performance.now() + this.#ports.paceMs);
    this.#notBefore = Math.max(this.#notBefore, startedAt + (performance.now() - startedAt) / SHARE);
  }

  /**
   * To each channel the change, or all of the text if it does not have the one before.
   * @returns whether any got something
   */
  #send(text: LiveText, change: LiveChange | undefined): boolean {
    let whole: LiveChange | undefined;
    let isSent = false;
    for (const reader of [...this.#readers]) {
      const { events, firstRead } = reader;
      if (firstRead !== undefined && firstRead > this.#reads) continue;
      reader.firstRead = undefined;
      if (firstRead !== undefined) whole ??= wholeOf(text);
      const message = firstRead === undefined ? change : whole;
      if (!message) continue;
      isSent = true;
      events.changed(message);
    }
    return isSent;
  }

  /** All channels show the same publication of the document. */
  #untitled(): string {
    const [first] = this.#readers;
    return first?.events.untitled() ?? '';
  }
}
