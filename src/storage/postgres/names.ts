/**
 * Names of documents, the `slug` of every API: reserved by public documents (I6). Choosing the name of a private document
 * succeeds, and so reveals nothing; of two documents that would be public, one is refused. Among the documents of one user a
 * name is refused early, for convenience: the index decides.
 */
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { Run } from './transaction.ts';

const UNIQUE_VIOLATION = '23505';
const PUBLIC_NAME = 'documents_name_public';

const TAKEN = `
  select 1 from documents d
   where coalesce(d.name, d.slug) = $1 and d.id is distinct from $3::uuid and d.deleted_at is null
     and (d.visibility = 'public' and d.published_revision is not null
          or exists (select from grants g where g.document_id = d.id and g.user_id = $2))`;

/** Whether another document that the user may see has the name. */
export async function isNameTaken(run: Run, name: string, userId: string, documentId?: string): Promise<boolean> {
  return (await run(TAKEN, [name, userId, documentId ?? null])).length > 0;
}

/** `slug_taken` when what the transaction makes public bears a name that is taken. */
export async function orSlugTaken<T>(work: Promise<T>): Promise<T | Failure> {
  try {
    return await work;
  } catch (error) {
    const { code, constraint } = error as { code?: unknown; constraint?: unknown };
    if (code === UNIQUE_VIOLATION && constraint === PUBLIC_NAME) return failure('slug_taken');
    throw error;
  }
}
