// Reads what AVA's default reporter prints, off a terminal: a line a test, with how long it took when that was more than a
// moment. Does not know: how AVA is run. Invariant: what is not a passed test is never counted as one.

export interface TestOutcome {
  readonly title: string;
  readonly passed: boolean;
  /** Milliseconds; 0 when AVA found it too little to print. */
  readonly ms: number;
  /** What the failure said first. */
  readonly message?: string;
}

const PASSED = /^\s*✔ (?:\[expected fail\] )?(.*?)(?: \(((?:[\d.]+(?:ms|s|m|h) ?)+)\))?$/;
const FAILED = /^\s*✘ \[(?:fail|unexpected pass)\]: (.*)$/;
/** A test that never ended, as the list after a timeout has it. */
const PENDING = /^\s*◌ (.*)$/;
const CRASHED =
  /^\s*(?:✘ .* exited .*|Uncaught exception in .*|Unhandled rejection in .*|Failed to exit when running .*)$/;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function milliseconds(text: string): number {
  let ms = 0;
  for (const [, figure, unit = ''] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) ms += Number(figure) * (UNITS[unit] ?? 0);
  return Math.round(ms);
}

const SKIPPED = /^\s*- \[(?:skip|todo)\] /;

export interface ReportReader {
  /** Takes a line; returns what to show for it, if anything. */
  read(line: string): string | undefined;
  readonly counts: { readonly passed: number; readonly failed: number; readonly skipped: number };
}

/** Reads line by line, and turns each into one that a person wants to see. */
export function createReportReader(): ReportReader {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  return {
    counts,
    read(line) {
      const passed = PASSED.exec(line);
      if (passed) {
        counts.passed += 1;
        return `  ok  ${passed[1]}`;
      }
      if (saysFailure(line)) {
        counts.failed += 1;
        return `  FAILED  ${line.trim()}`;
      }
      if (SKIPPED.test(line)) {
        counts.skipped += 1;
        return `  -   ${line.trim()}`;
      }
      return line.trim() === '' ? undefined : `      ${line}`;
    },
  };
}

/** Whether the line says that something failed: to be shown at once. */
export const saysFailure = (line: string): boolean => FAILED.test(line) || PENDING.test(line) || CRASHED.test(line);

/**
 * What a whole output says of each test. A failure's line is its title, a space and its message, and nothing marks where one ends; the
 * report at the end has the title alone on a line.
 */
export function outcomesOf(lines: readonly string[]): TestOutcome[] {
  const alone = new Set(lines.map((line) => line.trim()));
  return lines.flatMap((line): TestOutcome[] => {
    const failed = FAILED.exec(line)?.[1];
    if (failed !== undefined) {
      const title = [...alone]
        .filter((one) => one !== '' && `${failed} `.startsWith(`${one} `))
        .toSorted(byLength)
        .at(-1);
      if (title === undefined) return [{ title: failed, passed: false, ms: 0 }];
      return [{ title, passed: false, ms: 0, message: failed.slice(title.length).trim() }];
    }
    const passed = PASSED.exec(line);
    if (passed) return [{ title: passed[1] ?? '', passed: true, ms: milliseconds(passed[2] ?? '') }];
    const pending = PENDING.exec(line)?.[1];
    if (pending !== undefined) return [{ title: pending, passed: false, ms: 0, message: 'never ended' }];
    return CRASHED.test(line) ? [{ title: line.trim(), passed: false, ms: 0 }] : [];
  });
}

const byLength = (a: string, b: string): number => a.length - b.length;
