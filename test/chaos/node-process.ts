// One node of the cluster as a real process on a port that it keeps: started, killed, paused, drained and started again.
// A node that ends without having been asked to is a failure, whatever the checker says.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endWithUs } from '../../src/embedded/watcher.ts';
import { ROOT } from '../support/root.ts';
import type { Operations } from './operations.ts';

/** `bin/stet.js` would start this one as a child of its own, and a SIGKILL would reach the parent alone. */
const projectNode = join(ROOT, 'node_modules', 'node', 'bin', 'node');
const program = existsSync(projectNode) ? projectNode : process.execPath;

const READY_WITHIN_MS = 60_000;
const DRAIN_WITHIN_MS = 15_000;
const POLL_MS = 20;
const AGAIN_AFTER_MS = 300;
const TAIL_LINES = 30;

export interface NodeProcessOptions {
  readonly name: string;
  readonly port: number;
  readonly logFile: string;
  readonly environment: Record<string, string>;
  /** The program that runs the node, and its arguments. */
  readonly command: readonly string[];
  readonly operations: Operations;
  /** True while PostgreSQL is away, or was a moment ago: a node may then give up starting, and is started again. */
  readonly mayFailToStart: () => boolean;
}

type State = 'down' | 'starting' | 'up' | 'paused' | 'ending';

export class NodeProcess {
  readonly name: string;
  readonly port: number;
  readonly #options: NodeProcessOptions;
  #child: ChildProcess | undefined;
  #state: State = 'down';

  constructor(options: NodeProcessOptions) {
    this.name = options.name;
    this.port = options.port;
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  /** Resolves when the node is ready to serve. Throws when it does not become so. */
  async start(): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    while (Date.now() < deadline) {
      if (await this.#startOnce(deadline)) return;
      this.#options.operations.note(`node ${this.name} gave up starting; once more`);
      await delay(AGAIN_AFTER_MS);
    }
    throw new Error(`node ${this.name} was not ready within ${READY_WITHIN_MS / 1_000} s\n${this.logTail()}`);
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  pause(): void {
    this.#state = 'paused';
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
    this.#state = 'up';
  }

  /** SIGTERM; a node that does not end in order and in time is a failure. */
  async drain(): Promise<void> {
    const { operations } = this.#options;
    const late = setTimeout(() => {
      operations.fail(`node ${this.name} did not end within ${DRAIN_WITHIN_MS / 1_000} s of SIGTERM`);
      this.#child?.kill('SIGKILL');
    }, DRAIN_WITHIN_MS);
    const code = await this.#end('SIGTERM');
    clearTimeout(late);
    if (code !== 0) operations.fail(`node ${this.name} drained with ${code}\n${this.logTail()}`);
  }

  logTail(): string {
    return readFileSync(this.#options.logFile, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  }

  /** Lines that the node logged as errors. */
  loggedErrors(): string[] {
    return readFileSync(this.#options.logFile, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{"level":50') || line.startsWith('{"level":60'));
  }

  /** False: it ended while starting, for a reason that excuses it. */
  async #startOnce(deadline: number): Promise<boolean> {
    this.#state = 'starting';
    const child = this.#spawn();
    while (Date.now() < deadline) {
      if (this.#child !== child) return !this.#options.mayFailToStart();
      const answer = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.ok) {
        this.#state = 'up';
        return true;
      }
      await delay(POLL_MS);
    }
    return false;
  }

  #spawn(): ChildProcess {
    const { name, port, logFile, environment, command, operations, mayFailToStart } = this.#options;
    const log = openSync(logFile, 'a');
    const child = spawn(program, command, {
      cwd: ROOT,
      env: { ...process.env, ...environment, NODE_ID: name, PORT: String(port) },
      stdio: ['ignore', log, log],
      // Out of reach of a terminal's Ctrl-C: the run ends its nodes itself.
      detached: true,
    });
    closeSync(log);
    this.#child = child;
    const callOff = child.pid === undefined ? () => undefined : endWithUs(child.pid, 'KILL');
    child.once('exit', (code, signal) => {
      callOff();
      if (this.#child !== child) return;
      this.#child = undefined;
      const expected = this.#state === 'ending' || (this.#state === 'starting' && mayFailToStart());
      if (!expected) operations.fail(`node ${name} ended by itself (${signal ?? code})\n${this.logTail()}`);
      if (this.#state !== 'starting') this.#state = 'down';
    });
    return child;
  }

  /** @returns the exit code, or the signal that ended it */
  async #end(signal: NodeJS.Signals): Promise<number | string | null> {
    const child = this.#child;
    if (!child) return 0;
    this.#state = 'ending';
    const ended = new Promise<number | string | null>((resolve) => {
      child.once('exit', (code, by) => resolve(by ?? code));
    });
    child.kill(signal);
    // A stopped process takes no other signal than SIGKILL.
    child.kill('SIGCONT');
    return await ended;
  }
}
