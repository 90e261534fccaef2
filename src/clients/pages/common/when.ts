/** Times that a person chooses, in the time zone of this device. All numbers are milliseconds since the Unix epoch. */
import { LOCALE } from '../../../messages/en/locale.ts';

const pad = (value: number) => String(value).padStart(2, '0');

/** The value of a `datetime-local` field that shows this moment. */
export function toLocalField(at: number): string {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** The moment that a `datetime-local` field means; null if it is empty. */
export function fromLocalField(value: string): number | null {
  const at = /^\d{4,6}-\d\d-\d\dT\d\d:\d\d/.test(value) ? new Date(value).getTime() : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

/** `Sunday, 3 May 2026 at 12:03`: a moment that matters, in full. */
export function inFull(at: number): string {
  return new Date(at).toLocaleString(LOCALE, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}

/** `Europe/Berlin`: whose clock the times are of. */
export const zoneName = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
