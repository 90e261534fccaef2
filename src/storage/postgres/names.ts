/**
 * Names of documents, the `slug` of every API: reserved by public documents (I6). Choosing the name of a private document
 * succeeds, and so reveals nothing; of two documents that would be public, one is refused. Among the documents of one user a
 * name is refused early, for convenience: the index decides.
 *
 * Until the first publication a name is made from the title, unless an owner chose one.
 */
import { randomInt } from 'node:crypto';
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { SlugStyle } from '../../../schemas/http.ts';
import { asciiSlugOf } from '../../content/slug/ascii-slug.ts';
import { numberedSlug, slugOf, UNTITLED_SLUG } from '../../content/slug/slug-of.ts';

/** One statement, in a transaction or on its own. */
type Query = <Row = Record<string, unknown>>(sql: string, values: readonly unknown[]) => Promise<Row[]>;

const UNIQUE_VIOLATION = '23505';
const PUBLIC_NAME = 'documents_name_public';

/** Numbers that are tried for one more document of a title, before a random one. */
const NUMBERS = 20;
const RANDOM = 1_000_000;

/** Of a row `d` of documents. */
export const NAME = 'coalesce(d.name, d.slug)';
export const NEVER_PUBLISHED = 'd.published_revision is null and d.taken_back = 0';
export const FOLLOWS_TITLE = `coalesce(d.made_name = ${NAME}, false) and ${NEVER_PUBLISHED}`;

const TAKEN = `
  select ${NAME} as name from documents d
   where ${NAME} = any($1::text[]) and d.id is distinct from $3::uuid and d.deleted_at is null
     and (d.visibility = 'public' and d.published_revision is not null
          or exists (select from grants g where g.document_id = d.id and g.user_id = $2))`;

// Nobody asked for this very name: readers who follow an old link keep finding what they look for.
const TAKEN_OR_LED_ON = `${TAKEN}
   union all
  select f.name from public_former_names f where f.name = any($1::text[]) and f.document_id is distinct from $3::uuid`;

/** Whether another document that the user may see has the name. */
export async function isNameTaken(run: Query, name: string, userId: string, documentId?: string): Promise<boolean> {
  return (await run(TAKEN, [[name], userId, documentId ?? null])).length > 0;
}

interface TitledDocument {
  title: string;
  style: SlugStyle;
  /** Whose documents are seen. */
  userId: string;
  documentId?: string;
  /** Its present name stays if it could be made again: one that has a number keeps it. */
  present?: string;
}

/** The slug that a title makes, with a number if another document has that. */
export async function nameFromTitle(
  run: Query,
  { title, style, userId, documentId, present }: TitledDocument,
): Promise<string> {
  const made = (style === 'ascii' ? await asciiSlugOf(title) : slugOf(title)) || UNTITLED_SLUG;
  const number = /-(\d{1,6})$/.exec(present ?? '')?.[1];
  const isPresent = present === made || (number !== undefined && present === numberedSlug(made, Number(number)));
  const numbered = Array.from({ length: NUMBERS }, (_, index) => numberedSlug(made, index + 2));
  const candidates = [...(isPresent ? [present] : []), made, ...numbered];
  const rows = await run<{ name: string }>(TAKEN_OR_LED_ON, [candidates, userId, documentId ?? null]);
  const taken = new Set(rows.map(({ name }) => name));
  return candidates.find((name) => !taken.has(name)) ?? numberedSlug(made, randomInt(NUMBERS, RANDOM));
}

export interface NamedDocument {
  documentId: string;
  /** Its name, and whether that follows the title. */
  slug: string;
  follows_title: boolean;
  slug_style: SlugStyle;
  /** The one that it will have. */
  title: string;
}

/** What `documents` has of a name. */
interface Name {
  name: string;
  made: string | null;
  style: SlugStyle;
}

/** A document's name after a change of its title, or as somebody asked for it: this very one, or another of a style. */
export async function nextName(
  run: Query,
  { documentId, slug, follows_title, slug_style, title }: NamedDocument,
  userId: string,
  asked: { slug?: string; slugStyle?: SlugStyle },
): Promise<Name | Failure> {
  const style = asked.slugStyle ?? slug_style;
  if (asked.slug !== undefined) {
    const isFree = asked.slug === slug || !(await isNameTaken(run, asked.slug, userId, documentId));
    return isFree ? { name: asked.slug, made: null, style } : failure('slug_taken');
  }
  if (asked.slugStyle === undefined && !follows_title) return { name: slug, made: null, style };
  const made = await nameFromTitle(run, { title, style, userId, documentId, present: slug });
  return { name: made, made, style };
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
