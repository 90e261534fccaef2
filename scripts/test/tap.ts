// Reads AVA's TAP output as it comes: counts, and turns it into lines a person wants to see.
// Does not know: how AVA is run. Invariant: what is not a passed test is never counted as one.

export interface TapReader {
  /** Takes a line of TAP; returns what to show for it, if anything. */
  read(line: string): string | undefined;
  readonly counts: { readonly passed: number; readonly failed: number; readonly skipped: number };
}

/** AVA prints a test as `ok 3 - title`, failures as `not ok 3 - title` with an indented block that explains. */
const RESULT = /^(not )?ok \d+ - (.*?)(?: # (SKIP|TODO).*)?$/;
const NOISE = /^(TAP version|\d+\.\.\d+|# (tests|pass|skip|fail) \d+|\s*(---|\.\.\.)$|\s*$)/;

export function createTapReader(): TapReader {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  return {
    counts,
    read(line) {
      const result = RESULT.exec(line);
      if (!result) return NOISE.test(line) ? undefined : `      ${line}`;
      const [, notOk, title = '', directive] = result;
      if (directive !== undefined) {
        counts.skipped++;
        return `  -   ${title} (${directive.toLowerCase()})`;
      }
      if (notOk !== undefined) {
        counts.failed++;
        return `  FAILED  ${title}`;
      }
      counts.passed++;
      return `  ok  ${title}`;
    },
  };
}
