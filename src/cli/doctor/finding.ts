// What one check of `stet doctor` found, and what to do about it.
/** `note`: Stet runs, but it could be better. `fix`: Stet cannot run. */
export interface Finding {
  readonly verdict: 'ok' | 'note' | 'fix';
  readonly found: string;
  /** What to do about it; absent when ok. */
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
  if (!URL.canParse(text)) return '(not an address)';
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}
