/**
 * The text of the status line.
 * I1: "Saved" is said only of the SDK's `saved`, which it reports after the server's acknowledgement, hence after the commit.
 */
import type { Status } from '../../editor/index.ts';
import { clock } from '../common/time.ts';

/** How the line looks: `calm` needs nobody's eye, `busy` passes by itself, `warn` wants to be noticed. */
export type Tone = 'calm' | 'busy' | 'warn';

/**
 * @param keeps whether this device keeps what is unsaved (IndexedDB works here)
 * @param now milliseconds since the Unix epoch
 */
export function statusText(status: Status, keeps: boolean, now: number): { text: string; tone: Tone } {
  switch (status.kind) {
    case 'saved':
      return { text: status.at > 0 ? `Saved · ${clock(status.at, now)}` : 'Saved', tone: 'calm' };
    case 'saving':
      return { text: status.unsaved > 0 ? 'Saving…' : 'Connecting…', tone: 'busy' };
    case 'offline':
      if (keeps) return { text: 'Offline – kept on this device', tone: 'warn' };
      return { text: status.unsaved > 0 ? 'Offline – keep this page open' : 'Offline', tone: 'warn' };
    case 'refused':
      if (!status.part) return { text: `Not saved – ${status.error.message}`, tone: 'warn' };
      // The rest goes on being saved: what cannot be is said with its size, so that it can be found.
      return { text: `A part of ${size(status.part.bytes)} is not saved – ${status.error.message}`, tone: 'warn' };
    case 'readonly':
      return { text: 'Read-only', tone: 'calm' };
    case 'denied':
      return { text: 'You no longer have access', tone: 'warn' };
  }
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
