/** Child processes of a benchmark: servers that say where they listen, and load generators that report by message. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Checkout, HERE } from './checkout.ts';

export interface ServerProcess {
  readonly pid: number;
  readonly url: string;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Starts a program on the checkout's own Node and waits until a line of its output matches; the first group is its URL. */
async function startServer(
  { node, root }: Checkout,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  ready: RegExp,
): Promise<ServerProcess> {
  const child = spawn(node, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const onExit = () => child.kill('SIGKILL');
  process.on('exit', onExit);
  void ended.then(() => process.off('exit', onExit));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const match = ready.exec(line);
      if (match?.[1]) resolve(match[1]);
    });
    void ended.then(() => reject(new Error(`${args[0]} ended before it was ready`)));
  });
  return {
    pid: child.pid!,
    url,
    async kill(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

/** Starts a Stet node on a free port (or `env.PORT`). */
export const startStet = (env: NodeJS.ProcessEnv, checkout = HERE): Promise<ServerProcess> =>
  startServer(
    checkout,
    [...(process.env.BENCH_NODE_FLAGS?.split(' ') ?? []), join(checkout.root, 'bin', 'stet.js'), 'start'],
    // One process: its processor time is what is measured.
    { PORT: '0', LOG_LEVEL: 'warn', RESTART: 'never', ...env },
    /ready at (\S+)/,
  );

export const startScript = (script: URL, env: NodeJS.ProcessEnv, checkout = HERE): Promise<ServerProcess> =>
  startServer(checkout, [fileURLToPath(script)], env, /listening at (\S+)/);

/** A load generator: gets its task as one message, answers `ready`, `done` and the like with messages. */
export class Load {
  readonly #child: ChildProcess;

  constructor(script: URL, task: object) {
    this.#child = fork(fileURLToPath(script), { serialization: 'advanced' });
    const onExit = () => this.#child.kill('SIGKILL');
    process.on('exit', onExit);
    this.#child.once('exit', () => process.off('exit', onExit));
    this.#child.send(task);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** The next message of this kind. */
  wait<T>(kind: string): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#child.on('message', (message: { kind: string; value: T }) => {
        if (message.kind === kind) resolve(message.value);
      });
      this.#child.once('exit', () => reject(new Error(`the load generator ended before "${kind}"`)));
    });
  }

  request(kind: string): void {
    this.#child.send({ kind });
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}
