// Keeps one program running: starts it again when it exits by itself after it was ready. Plain
// JavaScript that any Node from 20 on can start. Does not know what the program does.
//
// S1 A program that was never ready is not restarted: its settings are wrong, and stay wrong.
// S2 Signals to this process are passed on to the program. When it then exits, so does this process.
// S3 When this process is gone, the channel to the program closes, and the program exits by itself.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Milliseconds before a restart: doubled each time, up to the maximum. */
const FIRST_DELAY_MS = 500;
const MOST_DELAY_MS = 30_000;
/** After a run of this length the delay starts from the first one again. */
const STABLE_MS = 60_000;

/**
 * Resolves with the exit code when the program will not be restarted.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ readonly restart: boolean }} options
 * @returns {Promise<number>}
 */
export function supervise(program, args, { restart }) {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  /** @type {NodeJS.Timeout | undefined} */
  let pause;
  let stopping = false;
  let wasReady = false;
  let delayMs = FIRST_DELAY_MS;

  return new Promise((resolve) => {
    function start() {
      pause = undefined;
      const startedAt = performance.now();
      const started = spawn(program, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
      child = started;
      started.on('message', (message) => {
        if (message === 'ready') wasReady = true;
      });
      started.on('error', (error) => {
        console.error(`stet: could not start ${program} (${error.message}); run "node scripts/setup.mjs"`);
        resolve(1);
      });
      started.on('exit', (code, signal) => {
        child = undefined;
        const exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
        if (stopping || !restart || !wasReady || code === 0) {
          resolve(exitCode);
          return;
        }
        if (performance.now() - startedAt > STABLE_MS) delayMs = FIRST_DELAY_MS;
        const how = signal ? `by ${signal}` : `with exit code ${code}`;
        console.error(`stet: the node exited ${how}; restarting in ${delayMs / 1_000} s`);
        pause = setTimeout(start, delayMs);
        delayMs = Math.min(delayMs * 2, MOST_DELAY_MS);
      });
    }

    // Ctrl-C in a terminal reaches both processes: this one waits for the program to exit.
    const onTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => {
        stopping = true;
        if (signal !== 'SIGINT' || !onTerminal) child?.kill(signal);
        if (pause === undefined) return;
        clearTimeout(pause);
        resolve(0);
      });
    }
    start();
  });
}
