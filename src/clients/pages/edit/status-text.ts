/**
 * The text of the status line.
 * I1: "Saved" is said only of the SDK's `saved`, which it reports after the server's acknowledgement, hence after the commit.
 */
import { status as texts } from '../../../messages/en/edit.ts';
import { problemText } from '../common/problem-text.ts';
import { clock } from '../common/time.ts';
import type { PageStatus } from './page-status.ts';

/** How the line looks: `calm` needs nobody's eye, `busy` passes by itself, `warn` wants to be noticed. */
export type Tone = 'calm' | 'busy' | 'warn';

/**
 * @param keeps whether this device keeps what is unsaved (IndexedDB works here)
 * @param now milliseconds since the Unix epoch
 */
export function statusText(status: PageStatus, keeps: boolean, now: number): { text: string; tone: Tone } {
  switch (status.kind) {
    case 'saved':
      return { text: status.at > 0 ? texts.savedAt(clock(status.at, now)) : texts.saved, tone: 'calm' };
    case 'saving':
      return { text: status.unsaved > 0 ? texts.saving : texts.connecting, tone: 'busy' };
    case 'offline':
      if (keeps) return { text: texts.offlineKept, tone: 'warn' };
      return { text: status.unsaved > 0 ? texts.offlineOpen : texts.offline, tone: 'warn' };
    case 'signed-out':
      if (keeps) return { text: texts.signedOutKept, tone: 'warn' };
      return { text: status.unsaved > 0 ? texts.signedOutOpen : texts.signedOut, tone: 'warn' };
    case 'refused':
      if (!status.part) return { text: texts.notSaved(problemText(status.error)), tone: 'warn' };
      // The rest goes on being saved: what cannot be is said with its size, so that it can be found.
      return { text: texts.partNotSaved(size(status.part.bytes), problemText(status.error)), tone: 'warn' };
    case 'readonly':
      return { text: texts.readOnly, tone: 'calm' };
    case 'denied':
      return { text: texts.denied, tone: 'warn' };
  }
}

function size(bytes: number): string {
  return bytes < 1_000_000
    ? texts.kilobytes(Math.ceil(bytes / 1_000))
    : texts.megabytes(Math.round(bytes / 100_000) / 10);
}
