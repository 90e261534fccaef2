/** The runs of a Yjs text: what is equally marked, in order. One pass over its items, whatever they are. */
import * as Y from 'yjs';

/** Formats by name, as Yjs stores them. */
export type Formats = ReadonlyMap<string, unknown>;

export interface RunReader {
  /** Formats to follow; others are as if they were not there. */
  readonly follows: (name: string) => boolean;
  readonly run: (text: string, formats: Formats) => void;
  /** Something that is not text, such as an embed. */
  readonly other?: () => void;
}

/**
 * More formats at once than any author sets. A hostile update could open ten thousand and then make each of as many runs
 * carry them all (I10).
 */
const MAX_FORMATS = 64;

/** Not `toDelta`: its time grows with runs times formats. Returns whether every format was followed. */
export function readRuns(text: Y.Text, reader: RunReader): boolean {
  const formats = new Map<string, unknown>();
  let followedAll = true;
  let run = '';
  const end = () => {
    if (run !== '') reader.run(run, formats);
    run = '';
  };
  for (let item = text._start; item !== null; item = item.right) {
    const { content } = item;
    if (item.deleted) continue;
    if (content instanceof Y.ContentString) run += content.str;
    else if (content instanceof Y.ContentFormat) {
      const { key, value } = content as { key: string; value: unknown };
      if (!reader.follows(key)) continue;
      end();
      if (value === null) formats.delete(key);
      else if (formats.has(key) || formats.size < MAX_FORMATS) formats.set(key, value);
      else followedAll = false;
    } else if (item.countable) {
      end();
      reader.other?.();
    }
  }
  end();
  return followedAll;
}
