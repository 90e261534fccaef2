// Keeps one program running: starts it again when it ends by itself after it had been ready, however it ended. Plain
// JavaScript that any Node from 20 on can start. Does not know what the program does.
//
// S1 A program that was never ready is not started again: what is wrong with its settings stays wrong.
// S2 What is asked of this process is asked of the program: signals are passed on, and then its end is the end.
// S3 When this process is gone, however, the program's channel closes; it ends by itself.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Between an end and the next start, milliseconds: doubled each time, up to the most. */
const FIRST_DELAY_MS = 500;
const MOST_DELAY_MS = 30_000;
/** Who ran for so long begins with the first delay again. */
const STABLE_MS = 60_000;

/**
 * Resolves with the exit code when it is over for good.
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
        console.error(`stet: ${program} could not be started (${error.message}): run "node scripts/setup.mjs" once`);
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
        console.error(`stet: the node ended ${how}; it is started again in ${delayMs / 1_000} s`);
        pause = setTimeout(start, delayMs);
        delayMs = Math.min(delayMs * 2, MOST_DELAY_MS);
      });
    }

    // A terminal's Ctrl-C reaches both processes; the program decides when it is over, this one waits for it.
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
