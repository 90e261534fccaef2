/** What is said of a writing session: when it was and who wrote. The time zone is the browser's. */
import type { WritingSession } from '../../../../schemas/http.ts';
import { timeline as texts } from '../../../messages/en/history.ts';
import { LOCALE } from '../../../messages/en/locale.ts';

/** Authors who are named; the others are counted. */
export const MAX_NAMES = 3;

/** `14:02–15:10` today, else `3 May, 14:02–15:10`. `now` in milliseconds since the Unix epoch. */
export function period({ startedAt, endedAt }: Pick<WritingSession, 'startedAt' | 'endedAt'>, now: number): string {
  const [start, end, today] = [new Date(startedAt), new Date(endedAt), new Date(now)];
  const isToday = [start, end].every((date) => date.toDateString() === today.toDateString());
  const format = new Intl.DateTimeFormat(LOCALE, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(!isToday && { day: 'numeric', month: 'short' }),
    ...(start.getFullYear() !== today.getFullYear() && { year: 'numeric' }),
  });
  return format.formatRange(start, end);
}

/** `ana, ben and cem`, or with `2 others` at the end. */
export function authorsOf({ authors }: Pick<WritingSession, 'authors'>): string {
  const names = authors.slice(0, MAX_NAMES).map(({ handle }) => handle);
  const others = authors.length - names.length;
  if (others > 0) names.push(texts.others(others));
  return names.length === 0 ? texts.unknown : new Intl.ListFormat(LOCALE).format(names);
}
