/** Times as people say them, in the language of the page. The time zone is the browser's. */
import { times } from '../../../messages/en/common.ts';
import { LOCALE } from '../../../messages/en/locale.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Left out while it goes without saying. */
const yearOf = (date: Date, now: number) =>
  date.getFullYear() === new Date(now).getFullYear() ? {} : ({ year: 'numeric' } as const);

const sameDay = (a: Date, b: Date) => a.toDateString() === b.toDateString();

/** `12:03` on the same day, else `3 May, 12:03`, with the year when it is another one. Both times in milliseconds since the Unix epoch. */
export function clock(at: number, now: number): string {
  const date = new Date(at);
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const day = sameDay(date, new Date(now)) ? {} : ({ day: 'numeric', month: 'short', ...yearOf(date, now) } as const);
  return date.toLocaleString(LOCALE, { ...time, ...day });
}

/** `just now`, `5 minutes ago`, `yesterday`, then the date. Both times in milliseconds since the Unix epoch. */
export function ago(at: number, now: number): string {
  const passed = Math.max(0, now - at);
  const words = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });
  if (passed < MINUTE) return times.justNow;
  if (passed < HOUR) return words.format(-Math.floor(passed / MINUTE), 'minute');
  const date = new Date(at);
  if (sameDay(date, new Date(now))) return words.format(-Math.floor(passed / HOUR), 'hour');
  if (sameDay(date, new Date(now - DAY))) return words.format(-1, 'day');
  if (passed < 7 * DAY) return words.format(-Math.ceil(passed / DAY), 'day');
  return date.toLocaleDateString(LOCALE, { day: 'numeric', month: 'long', ...yearOf(date, now) });
}
