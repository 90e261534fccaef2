/**
 * Holds back what wants the draft while a large change is taken into it part by part: half of a change is nothing to show,
 * to store or to build on (I3). Each document has its own; others do not notice.
 */
export class Pause {
  #held: (() => void)[] = [];
  #on = false;

  get isOn(): boolean {
    return this.#on;
  }

  begin(): void {
    this.#on = true;
  }

  /** Lets what was held back happen, in its order. */
  end(): void {
    this.#on = false;
    const held = this.#held;
    this.#held = [];
    for (const action of held) action();
  }

  /** Now, or when the pause ends. The action must not throw. */
  whenOver(action: () => void): void {
    if (this.#on) this.#held.push(action);
    else action();
  }

  /** Resolves when there is no pause; another one may have begun by the time that is noticed. */
  async over(): Promise<void> {
    while (this.#on) await new Promise<void>((resolve) => this.#held.push(resolve));
  }
}
