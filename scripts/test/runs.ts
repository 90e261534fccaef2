// The results of repeated runs, a line of JSON each in a file, and what they say together. A line is written when its run has
// ended: a run that was cut off counts for nothing, and the next call goes on behind the last one that counts.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TestOutcome } from './report.ts';

export interface Run {
  /** What was run: runs of the same kind count together. */
  readonly of: { readonly commit: string; readonly args: readonly string[]; readonly busy: number };
  /** When it began, RFC 3339. */
  readonly at: string;
  readonly tookMs: number;
  readonly passed: number;
  readonly failures: readonly { readonly title: string; readonly message?: string }[];
  /** Milliseconds by title, of tests that took more than a moment. */
  readonly durations: Readonly<Record<string, number>>;
}

const SLOWEST = 20;

export function makeRun(of: Run['of'], at: Date, tookMs: number, outcomes: readonly TestOutcome[]): Run {
  return {
    of,
    at: at.toISOString(),
    tookMs,
    passed: outcomes.filter(({ passed }) => passed).length,
    failures: outcomes
      .filter(({ passed }) => !passed)
      .map(({ title, message }) => ({ title, ...(message && { message }) })),
    durations: Object.fromEntries(outcomes.filter(({ ms }) => ms > 0).map(({ title, ms }) => [title, ms])),
  };
}

export const isGreen = ({ failures, passed }: Run): boolean => failures.length === 0 && passed > 0;

export function openRuns(file: string) {
  mkdirSync(dirname(file), { recursive: true });
  return {
    add(run: Run): void {
      // Behind what was cut off: that line stays by itself.
      const isCutOff = existsSync(file) && !/(?:^|\n)$/.test(readFileSync(file, 'utf8'));
      appendFileSync(file, `${isCutOff ? '\n' : ''}${JSON.stringify(run)}\n`);
    },
    /** Earlier runs of the same kind. */
    like(of: Run['of']): Run[] {
      if (!existsSync(file)) return [];
      const kind = JSON.stringify(of);
      const lines = readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line.endsWith('}'));
      return lines.map((line) => JSON.parse(line) as Run).filter((run) => JSON.stringify(run.of) === kind);
    },
  };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** The table of failures, and the slowest tests by their median. */
export function summary(runs: readonly Run[]): string {
  const failures = new Map<string, { times: number; messages: Set<string> }>();
  const durations = new Map<string, number[]>();
  for (const run of runs) {
    for (const { title, message } of run.failures) {
      const known = failures.get(title) ?? { times: 0, messages: new Set() };
      known.times += 1;
      if (message !== undefined) known.messages.add(message);
      failures.set(title, known);
    }
    for (const [title, ms] of Object.entries(run.durations))
      durations.set(title, [...(durations.get(title) ?? []), ms]);
  }
  const rows = [...failures].toSorted(([, a], [, b]) => b.times - a.times);
  const slow = [...durations].map(([title, all]) => [title, median(all)] as const).toSorted(([, a], [, b]) => b - a);
  return [
    `${runs.filter(isGreen).length} of ${runs.length} runs green; a run took ${(median(runs.map(({ tookMs }) => tookMs)) / 1_000).toFixed(0)} s (median)`,
    '',
    rows.length === 0 ? 'No failures.' : '| failed | times | said |\n|---|---|---|',
    ...rows.map(
      ([title, { times, messages }]) => `| ${title} | ${times} | ${[...messages].join('; ').slice(0, 120)} |`,
    ),
    '',
    '| slowest | s |\n|---|---|',
    ...slow.slice(0, SLOWEST).map(([title, ms]) => `| ${title} | ${(ms / 1_000).toFixed(1)} |`),
    '',
  ].join('\n');
}
