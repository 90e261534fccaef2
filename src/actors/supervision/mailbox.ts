/**
 * Admission in front of an actor. An XState mailbox is an unbounded list, and requests that a crash clears from it are never
 * answered: here requests are counted, and each is answered exactly once, also when the actor crashes. // I9:
 */
import { type Failure, failure } from '../../../schemas/errors.ts';

export class Mailbox<Answer> {
  readonly #limit: number;
  readonly #outstanding = new Set<(answer: Answer | Failure) => void>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#outstanding.size;
  }

  /** The reply for the actor to use; undefined when the mailbox is full and the request has been answered. */
  admit(reply: (answer: Answer | Failure) => void): ((answer: Answer | Failure) => void) | undefined {
    if (this.#outstanding.size >= this.#limit) {
      reply(failure('overloaded'));
      return undefined;
    }
    const once = (answer: Answer | Failure): void => {
      if (this.#outstanding.delete(once)) reply(answer);
    };
    this.#outstanding.add(once);
    return once;
  }

  /** Answers all outstanding requests. */
  failAll(answer: Failure): void {
    for (const reply of [...this.#outstanding]) reply(answer);
  }
}
