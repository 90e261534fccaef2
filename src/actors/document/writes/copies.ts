/**
 * Work on copies of drafts in threads of their own (I10): reading or rewriting a large text takes up to seconds. Whose work
 * it is counts for its turn alone.
 *
 * I9: so many threads, so much heap each, so many tasks that wait, and processor time for each. Beyond them a task is
 * `overloaded`.
 */
import { type Failure, failure } from '../../../../schemas/errors.ts';
import type { DraftContent } from '../../../content/model/types.ts';
import type { SectionStart } from '../../../content/yjs/section-starts.ts';
import type { Logger } from '../../../lib/logger.ts';
import { createWorkerPool, type Prepared } from '../../../lib/worker-pool/worker-pool.ts';
import type { Composed, ComposeTask } from './compose.ts';
import type { CopyResult, CopyTask, SectionsTask } from './tasks.ts';

/** Brings what a task is about once its turn has come, so that what waits is small. Undefined: there is nothing to work on. */
export type Load<T> = () => Promise<T | undefined>;

/** Long work on copies of a draft, off the event loop. Rejects only on faults of our own, and with what a `Load` rejects with. */
export interface Copies {
  /** @param updates the draft, as Yjs updates to apply in order */
  read(owner: string, updates: readonly Uint8Array[]): Promise<{ ok: true; content: DraftContent } | Failure>;
  /** As `read`. Undefined for `content`: nothing was brought. */
  readLoaded(
    owner: string,
    load: Load<readonly Uint8Array[]>,
  ): Promise<{ ok: true; content: DraftContent | undefined } | Failure>;
  /** Undefined for `starts`: see `sectionStarts`, or nothing was brought. */
  sectionStarts(
    owner: string,
    load: Load<SectionsTask>,
  ): Promise<{ ok: true; starts: readonly SectionStart[] | undefined } | Failure>;
  compose(owner: string, task: ComposeTask): Promise<{ ok: true; composed: Composed } | Failure>;
}

export interface CopiesOptions {
  threads: number;
  /** Tasks that may wait for a thread, in all and of one owner. */
  queued: number;
  queuedOfOwner: number;
  /** Milliseconds of processor time that a task may take. */
  cpuMs: number;
  /** Milliseconds that a task may wait for its turn. */
  waitMs: number;
  /** Heap of each thread, in MiB. */
  memoryMb: number;
  /** Milliseconds that a part of what was composed may take when it is applied. */
  partMs: number;
  log: Logger;
}

/** What else a node does goes first, but authors wait for this. */
const NICE = 2;

type Work = Prepared<CopyTask, CopyResult>;
const NOTHING: Work = { result: undefined };

const contentOf = (text: string): DraftContent => JSON.parse(text) as DraftContent;

export function createCopies(options: CopiesOptions): Copies & { close(): Promise<void> } {
  const { log, partMs, ...bounds } = options;
  const pool = createWorkerPool<CopyTask, CopyResult>({
    ...bounds,
    module: new URL('./tasks.ts', import.meta.url),
    nice: NICE,
  });

  async function perform(
    owner: string,
    kind: CopyTask['kind'],
    prepare: () => Work | Promise<Work>,
  ): Promise<{ ok: true; result: CopyResult } | Failure> {
    const outcome = await pool.run(owner, prepare);
    if (outcome.ok) return outcome;
    const { err, reason } = outcome;
    log.warn({ err, reason, kind, owner }, 'could not do work on a copy of a draft');
    return failure('overloaded');
  }

  return {
    async read(owner, updates) {
      const done = await perform(owner, 'read', () => ({ task: { kind: 'read', updates } }));
      return done.ok ? { ok: true, content: contentOf(done.result as string) } : done;
    },
    async readLoaded(owner, load) {
      const done = await perform(owner, 'read', async () => {
        const updates = await load();
        return updates ? { task: { kind: 'read', updates } } : NOTHING;
      });
      if (!done.ok) return done;
      const text = done.result as string | undefined;
      return { ok: true, content: text === undefined ? undefined : contentOf(text) };
    },
    async sectionStarts(owner, load) {
      const done = await perform(owner, 'sections', async () => {
        const task = await load();
        return task ? { task: { kind: 'sections', ...task } } : NOTHING;
      });
      return done.ok ? { ok: true, starts: done.result as readonly SectionStart[] | undefined } : done;
    },
    async compose(owner, { change, ...task }) {
      const done = await perform(owner, 'compose', () => ({
        task: { kind: 'compose', task, change: JSON.stringify(change), partMs },
      }));
      return done.ok ? { ok: true, composed: done.result as Composed } : done;
    },
    close: () => pool.close(),
  };
}
