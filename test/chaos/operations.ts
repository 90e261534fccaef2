// What was done to the cluster and when, to be printed when a run fails.

export interface Operation {
  /** Milliseconds since the authors began. */
  readonly atMs: number;
  readonly text: string;
}

export class Operations {
  readonly #lines: Operation[] = [];
  readonly #failures: string[] = [];
  readonly #show: (line: string) => void;
  #startedAt = performance.now();

  /** @param show called with each line as it happens */
  constructor(show: (line: string) => void) {
    this.#show = show;
  }

  /** The authors begin now. */
  begin(): void {
    this.#startedAt = performance.now();
  }

  note(text: string): void {
    const operation = { atMs: Math.round(performance.now() - this.#startedAt), text };
    this.#lines.push(operation);
    this.#show(describe(operation));
  }

  /** Something that must never happen, whatever the checker finds: a node that ends by itself, for instance. */
  fail(text: string): void {
    this.#failures.push(text);
    this.note(`FAILURE: ${text}`);
  }

  /** A moment of the monotonic clock as milliseconds since the authors began. */
  since(monotonicMs: number): number {
    return monotonicMs - this.#startedAt;
  }

  get failures(): readonly string[] {
    return this.#failures;
  }

  lines(): string[] {
    return this.#lines.map(describe);
  }
}

function describe({ atMs, text }: Operation): string {
  return `${(atMs / 1_000).toFixed(3).padStart(8)} s  ${text}`;
}
