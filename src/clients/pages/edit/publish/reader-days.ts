/** Readers of the last days, also of those that had none. Days are UTC, as they are counted. Pure. */
import type { DocumentStats } from '../../../../../schemas/http.ts';
import { LOCALE } from '../../../../messages/en/locale.ts';

export interface ReaderDay {
  /** `3 May` */
  readonly name: string;
  readonly readers: number;
}

const DAY = 86_400_000;

/**
 * Oldest first; the last is today.
 * @param now milliseconds since the Unix epoch
 */
export function readerDays({ readersByDay }: DocumentStats, now: number, count: number): ReaderDay[] {
  const known = new Map(readersByDay.map(({ day, readers }) => [day, readers]));
  return Array.from({ length: count }, (_, index) => {
    const date = new Date(now - (count - 1 - index) * DAY);
    const name = date.toLocaleDateString(LOCALE, { day: 'numeric', month: 'short', timeZone: 'UTC' });
    return { name, readers: known.get(date.toISOString().slice(0, 10)) ?? 0 };
  });
}
