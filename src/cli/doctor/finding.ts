// The result of a check of `stet doctor`, and how to fix it.
/** `note`: Stet can run, but something can be improved. `fix`: Stet cannot run. */
export interface Finding {
  readonly verdict: 'ok' | 'note' | 'fix';
  readonly found: string;
  /** How to fix it; absent when ok. */
  readonly fix?: string;
}

export const CONNECT_WITHIN_MS = 3_000;

export const ok = (found: string): Finding => ({ verdict: 'ok', found });
export const note = (found: string, fix: string): Finding => ({ verdict: 'note', found, fix });
export const problem = (found: string, fix: string): Finding => ({ verdict: 'fix', found, fix });
export const reason = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error);

/** A connection string without its password. */
export function withoutSecret(text: string): string {
  if (!URL.canParse(text)) return '(not a URL)';
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}
