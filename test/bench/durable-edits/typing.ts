/**
 * Authors who type: each inserts one character every `1 / rate` seconds, evenly spread over the authors, and notes how
 * long each takes to be acknowledged. What an acknowledgement is, the contender's client says.
 */
import { performance } from 'node:perf_hooks';

export interface Typist {
  /** Inserts a character. */
  type(): void;
  /** Calls back whenever everything typed so far is acknowledged. */
  onAcknowledged(listener: () => void): void;
}

export interface TypingReport {
  /** Acknowledged characters by author, from the beginning. */
  acked: number[];
  /** Milliseconds from keystroke to acknowledgement, of the measured part, sorted. */
  latenciesMs: number[];
}

export class Typing {
  readonly #typists: readonly Typist[];
  readonly #typed: number[];
  readonly #acked: number[];
  /** Times of the keystrokes that are not acknowledged yet. */
  readonly #waiting: number[][];
  #latencies: number[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(typists: readonly Typist[]) {
    this.#typists = typists;
    this.#typed = typists.map(() => 0);
    this.#acked = typists.map(() => 0);
    this.#waiting = typists.map(() => []);
    for (const [index, typist] of typists.entries()) {
      typist.onAcknowledged(() => {
        const now = performance.now();
        for (const at of this.#waiting[index]!) this.#latencies.push(now - at);
        this.#waiting[index] = [];
        this.#acked[index] = this.#typed[index]!;
      });
    }
  }

  /** @param rate characters a second of each author */
  start(rate: number): void {
    const startedAt = performance.now();
    const perMs = (rate * this.#typists.length) / 1_000;
    let done = 0;
    this.#timer = setInterval(() => {
      const due = Math.floor((performance.now() - startedAt) * perMs);
      for (; done < due; done += 1) {
        const index = done % this.#typists.length;
        this.#typed[index]! += 1;
        this.#waiting[index]!.push(performance.now());
        this.#typists[index]!.type();
      }
    }, 2);
  }

  /** Forgets the latencies so far: the measured part begins. */
  measure(): void {
    this.#latencies = [];
  }

  /** All acknowledged characters up to now. */
  total(): number {
    return this.#acked.reduce((sum, count) => sum + count, 0);
  }

  /** Milliseconds as in a report; what is not acknowledged yet counts with as long as it has waited. Sorted. */
  latenciesSoFar(): number[] {
    const now = performance.now();
    return [...this.#latencies, ...this.#waiting.flat().map((at) => now - at)].sort((a, b) => a - b);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  report(): TypingReport {
    return { acked: [...this.#acked], latenciesMs: this.#latencies.sort((a, b) => a - b) };
  }
}

/** Runs the load generator's side of the conversation with the benchmark. */
export function serveTyping(prepare: (task: unknown) => Promise<Typist[]>): void {
  let typing: Typing | undefined;
  const say = (kind: string, value?: unknown) => process.send?.({ kind, value });
  process.on('message', async (message: { kind?: string; rate?: number }) => {
    switch (message.kind) {
      case undefined: {
        typing = new Typing(await prepare(message));
        typing.start(message.rate ?? 2);
        say('ready');
        return;
      }
      case 'measure':
        typing?.measure();
        say('measuring', typing?.total());
        return;
      case 'count':
        say('counted', typing?.total());
        return;
      case 'latencies':
        say('latencies', typing?.latenciesSoFar());
        return;
      case 'report':
        say('report', typing?.report());
        typing?.stop();
        return;
    }
  });
}
