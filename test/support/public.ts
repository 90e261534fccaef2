/** Published documents for tests of public reads: what is shown, what is not, and a record of what was asked. */
import type { ExecutionContext } from 'ava';
import type { DraftContent } from '../../src/content/model/types.ts';
import type { PublicReads } from '../../src/ports/public-reads.ts';
import { createPublicReads } from '../../src/storage/postgres/public/reads.ts';
import { createPublicationStore } from '../../src/storage/postgres/publishing/publishing.ts';
import { accountsOf } from './accounts.ts';
import { silentLog } from './silent-log.ts';

export const textOf = (text: string, title = 'The title'): DraftContent => ({
  title,
  summary: 'What it is about',
  body: { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] },
});

/** A database with an owner who publishes, and a public pool on it. */
export async function publicationsOf(t: ExecutionContext) {
  const accounts = await accountsOf(t);
  const publishing = createPublicationStore(accounts.orm, accounts.clock);
  const owner = await accounts.person('owner');
  const pool = createPublicReads({
    databaseUrl: accounts.databaseUrl,
    log: silentLog,
    poolSize: 4,
    statementTimeoutMs: 5_000,
    maxWaiting: 500,
  });
  t.teardown(() => pool.close());
  let seq = 0;

  async function change(id: string, patch: Parameters<typeof accounts.documents.change>[2]): Promise<void> {
    const changed = await accounts.documents.change(owner.actor, id, patch);
    if (!changed.ok) throw new Error(changed.error.code);
  }
  async function publish(id: string, text: string, title?: string): Promise<number> {
    seq += 1;
    const made = await publishing.publish(owner.actor, id, { content: textOf(text, title), seq });
    if (!made.ok) throw new Error(made.error.code);
    return made.revision.number;
  }

  return {
    ...accounts,
    owner,
    pool,
    publishing,
    change,
    publish,
    async unpublish(id: string): Promise<void> {
      await publishing.unpublish(owner.actor, id);
    },
    async remove(id: string): Promise<void> {
      await accounts.documents.remove(owner.actor, id);
    },
    /** Made, and published when a text is given. */
    async shown(slug: string, text?: string, visibility: 'public' | 'private' = 'public'): Promise<string> {
      const made = await accounts.documents.create(owner.actor, owner.handle, { title: slug, slug, visibility });
      if (!made.ok) throw new Error(made.error.code);
      if (text !== undefined) await publish(made.document.id, text);
      return made.document.id;
    },
  };
}

/** Counts what is asked of public reads, and lets a test hold the answers back. */
export function watchedReads(reads: PublicReads) {
  const asked: string[] = [];
  const answered: string[] = [];
  let gate: { name: string; opened: Promise<void> } | undefined;
  let failing = false;
  const watch =
    <A extends readonly unknown[], R>(name: string, read: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const mine = gate?.name === name ? gate.opened : undefined;
      if (mine) gate = undefined;
      asked.push(`${name} ${args.join(' ')}`);
      if (failing) throw new Error('the database is away');
      const answer = await read(...args);
      answered.push(name);
      await mine;
      return answer;
    };
  const watched: PublicReads = {
    bySlug: watch('bySlug', reads.bySlug),
    byId: watch('byId', reads.byId),
    states: watch('states', reads.states),
    revision: watch('revision', reads.revision),
    revisionsAfter: watch('revisionsAfter', reads.revisionsAfter),
    latest: watch('latest', reads.latest),
  };
  return {
    reads: watched,
    asked,
    answered,
    fail(now: boolean) {
      failing = now;
    },
    /** The answer to the next such question arrives when the returned function is called, however early it was given. */
    hold(name: keyof PublicReads = 'bySlug'): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = { name, opened: promise };
      return resolve;
    },
  };
}
