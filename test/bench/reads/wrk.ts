/**
 * The load of `reads`: wrk, one thread, connections kept open, one request under way on each. It costs less than whoever
 * answers, so that on two cores the server is what is measured.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface WrkTask {
  url: string;
  encoding: string;
  connections: number;
  seconds: number;
}

export interface WrkReport {
  answered: number;
  /** Other than 200, broken off, or later than 2 s. */
  failed: number;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

const UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000 };

const figure = (output: string, pattern: RegExp): string | undefined => pattern.exec(output)?.[1];

/** A share of the latencies: wrk writes `50%    1.00ms`. */
function latencyMs(output: string, percent: number): number {
  const [, value, unit = ''] = new RegExp(`^ +${percent}% +([\\d.]+)(us|ms|s)$`, 'm').exec(output) ?? [];
  return Number(value) * (UNIT_MS[unit] ?? Number.NaN);
}

/** Numbers at the end of lines that are there only when something failed. */
function failures(output: string): number {
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output)?.slice(1) ?? [];
  const refused = figure(output, /Non-2xx or 3xx responses: (\d+)/) ?? '0';
  return [...errors, refused].reduce((sum, text) => sum + Number(text), 0);
}

/** Rejects when wrk is not there or ends with an error. */
export async function wrk({ url, encoding, connections, seconds }: WrkTask): Promise<WrkReport> {
  const options = ['-t1', `-c${connections}`, `-d${seconds}`, '--latency', '-H', `Accept-Encoding: ${encoding}`];
  const child: ChildProcess = spawn('wrk', [...options, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  const onExit = () => child.kill('SIGKILL');
  process.on('exit', onExit);
  try {
    const ended = once(child, 'close');
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const [code] = await ended;
    if (code !== 0) throw new Error(`wrk ended with ${code}: ${output}`);
    return {
      answered: Number(figure(output, /^ +(\d+) requests in /m)),
      failed: failures(output),
      requestsPerSecond: Math.round(Number(figure(output, /^Requests\/sec: +([\d.]+)$/m))),
      p50Ms: latencyMs(output, 50),
      p99Ms: latencyMs(output, 99),
    };
  } finally {
    process.off('exit', onExit);
  }
}
