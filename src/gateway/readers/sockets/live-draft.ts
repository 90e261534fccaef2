/**
 * A live document's draft as this node shows it, for all readers of a channel together: one participant at the owner, and the
 * committed content read when it changed. Knows no sockets.
 *
 * I3: what is shown was read from the owner after its commit. I9: changes are sent no more often than the channel wants, and less
 * often when a read is expensive; later ones are part of the next.
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
import { splicesBetween } from './splices.ts';

export interface LiveDraftPorts extends DraftEvents {
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

export class LiveDraft implements SubscriptionListener, OpenDraft {
  readonly documentId: string;
  readonly subscription: DraftSubscription;
  readonly #ports: LiveDraftPorts;
  #text: LiveText | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
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
      if (refusal) this.failed();
      else this.#schedule();
    });
  }

  /** All of it; undefined before the first read. */
  get text(): LiveText | undefined {
    return this.#text;
  }

  restart(): void {
    this.#text = undefined;
    this.#schedule();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.subscription.remove(this);
    this.subscription.close();
    this.#ports.closed();
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
    this.close();
    this.#ports.failed();
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#changedMeanwhile = true;
    if (this.#reading || this.#timer !== undefined) return;
    this.#timer = later(Math.max(this.#notBefore - performance.now(), 0), 'a live draft', this.#ports.log, () =>
      this.#read(),
    );
  }

  async #read(): Promise<void> {
    this.#timer = undefined;
    this.#reading = true;
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
    if (before && seq <= before.seq) return;
    const startedAt = performance.now();
    const text: LiveText = {
      seq,
      title: content.title ?? this.#ports.untitled(),
      summary: content.summary,
      blocks: content.body.content.map(renderBlock),
    };
    const splices = splicesBetween(before?.blocks ?? [], text.blocks);
    this.#notBefore = Math.max(this.#notBefore, startedAt + (performance.now() - startedAt) / SHARE);
    const title = text.title === before?.title ? {} : { title: text.title };
    const summary = text.summary === before?.summary ? {} : { summary: text.summary };
    // An edit that readers cannot see: their position stays.
    if (before && splices.length === 0 && !('title' in title) && !('summary' in summary)) return;
    this.#text = text;
    this.#notBefore = Math.max(this.#notBefore, performance.now() + this.#ports.paceMs);
    this.#ports.changed({ seq, base: before?.seq ?? null, ...title, ...summary, splices });
  }
}
