/**
 * Search in the documents that a user has a grant on: words, beginnings of words and, where little is found, words with a typing
 * error. Matches in titles come before matches in texts, whole words before beginnings before typing errors; of those that are alike
 * the one that the user opened or edited last comes first, then the one that anybody edited last.
 *
 * I6: what others have written decides neither what is found nor in which order: places depend on the query, the document and its
 * user alone, and whether typing errors are looked for on the number of the user's own documents that were found.
 */
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { isSearchCursor, type ListedDocument } from '../../../../schemas/http.ts';
import { matcherOf } from '../../../content/search/matches.ts';
import { parseQuery } from '../../../content/search/query.ts';
import { marked, snippetOf } from '../../../content/search/snippet.ts';
import type { DocumentFilters, DocumentPage, PageRequest } from '../../../ports/documents.ts';
import type { Orm } from '../orm.ts';
import type { ReplicaReads } from '../replicas/replica-reads.ts';
import { type Conditions, tsQueriesOf } from '../search/ts-query.ts';
import { MAX_CHARS } from '../search/vectors.ts';
import { BASE, COLUMNS, type DocumentRow, FILTERS, filterValues, SOURCES, toPublic } from './document-rows.ts';
import { storableText } from './text.ts';

/** With fewer results than this, typing errors are looked for. */
const ENOUGH = 10;
/** Characters of texts that are looked through for the snippets of a page, and those of each text at least. I9. */
const LOOKED_THROUGH = 1_000_000;
const LEAST_OF_A_TEXT = 5_000;

/** A user with so few documents has each of them compared: what it takes depends on nobody else's. */
const FEW = 300;
/** Matches from which on all documents of the user are read at once, not each that was found. */
const MANY = 2_000;

/** Of a document of the user: its id, whether they have used it, and when, or when it was edited last. */
const MINE = `
  select g.document_id as id, u.used_at is null as is_unused, coalesce(u.used_at, h.edited_at) as used
    from ${BASE}
    left join document_uses u on u.document_id = g.document_id and u.user_id = g.user_id
   where ${FILTERS}`;

interface Source {
  /** A column of `draft_words`; `search_title` and `search_words` go through its index. */
  column: 'title' | 'words';
  /** Place of the first condition; the places of a condition are two, that of what the user has used and that of the rest. */
  first: number;
  /** Hits of other kinds. */
  more?: string;
}

/**
 * $5 to $8: limit and place of the page. $9 to $11: conditions, of which a document's first one counts. $12: what no document may
 * have, and $13: what no title may have.
 *
 * `offset 0` keeps a look at one row from becoming a join with all of them: how many there are depends on the user and the words,
 * and a prepared statement is planned for any.
 */
const statement = ({ column, first, more = '' }: Source) => `
  with own as materialized (
    select document_id as id from grants where user_id = $1 limit ${FEW} + 1
  ), few as materialized (
    select count(*) <= ${FEW} as yes from own
  ), hits as (
    select o.id, case when w.${column} @@ $9::tsquery then ${first} else ${first + 2} end as place
      from own o cross join lateral (select ${column} from draft_words where document_id = o.id offset 0) w
     where (select yes from few) and (w.${column} @@ $9::tsquery or w.${column} @@ $10::tsquery)
     union all
    select id, ${first} from search_${column}($9::tsquery) as id where not (select yes from few)
     union all
    select id, ${first + 2} from search_${column}($10::tsquery) as id where not (select yes from few)
     union all
    select id, ${first + 4} from search_${column}($11::tsquery) as id
     ${more}
  ), found as materialized (
    select h.id, min(h.place) as place
      from (select id, place from hits where id in (select o.id from own o) offset 0) h
      left join lateral (select title, words from draft_words where document_id = h.id offset 0) w on true
     where (select yes from few)
       and not coalesce(w.words @@ $12::tsquery, false) and not coalesce(w.title @@ $13::tsquery, false)
     group by h.id
     union all
    select id, min(place) from hits
     where not (select yes from few)
       and ($12::tsquery is null or id not in (select search_words($12::tsquery)))
       and ($13::tsquery is null or id not in (select search_title($13::tsquery)))
     group by id
  ), is_many as (
    select count(*) >= ${MANY} and not (select yes from few) as yes from found
  ), mine as materialized (${MINE}
  ), placed as (
    select m.id, f.place + m.is_unused::int as place, m.used
      from found f cross join lateral (${MINE} and g.document_id = f.id offset 0) m
     where not (select yes from is_many)
     union all
    select m.id, f.place + m.is_unused::int, m.used
      from found f join mine m on m.id = f.id
     where (select yes from is_many)
  )
  select id, place, floor(extract(epoch from used) * 1000000)::bigint::text as used
    from placed
   where $6::int is null or place > $6
      or (place = $6 and (used, id) < (timestamptz 'epoch' + $7::float8 * interval '1 microsecond', $8::uuid))
   order by placed.place, placed.used desc, placed.id desc
   limit $5`;

const IN_TITLES = statement({ column: 'title', first: 0 });

/** Place of the first document that has no match in its title. */
const TEXTS = 6;
/** Documents without words in the index are searched as nodes of the version before do; there are some after an upgrade alone. */
const BACKFILLING = 'exists (select from draft_words_backfill)';
const EARLIER = `websearch_to_tsquery('simple', $14)`;

/** $14: the query as it was typed. */
const IN_TEXTS = statement({
  column: 'words',
  first: TEXTS,
  more: `union all
    select t.document_id, ${TEXTS} from draft_texts t
     where ${BACKFILLING} and t.search @@ ${EARLIER}
       and not exists (select from draft_words w where w.document_id = t.document_id)
     union all
    select d.id, ${TEXTS} from documents d
     where ${BACKFILLING} and to_tsvector('simple', d.title || ' ' || d.summary) @@ ${EARLIER}
       and not exists (select from draft_texts t where t.document_id = d.id)
       and not exists (select from draft_words w where w.document_id = d.id)`,
});

const ROWS = `select ${COLUMNS} from ${SOURCES} where ${FILTERS} and g.document_id = any($5::uuid[])`;

const TEXT = 'select document_id as id, left(text, $2) as text from draft_texts where document_id = any($1::uuid[])';

interface SearchCursor {
  id: string;
  place: number;
  /** Microseconds since 1970, as text. */
  used: string;
}

type SearchRequest = PageRequest & DocumentFilters & { q: string };

/** Where a page begins, and whether typing errors are looked for, as `DocumentCursor` writes it. */
interface Start extends SearchCursor {
  withTypos: boolean;
}

const cursorOf = ({ place, used, id }: SearchCursor, withTypos: boolean) =>
  `${withTypos ? 't' : 's'}${place}.${used}.${id}`;

function startOf(cursor: string | undefined): Start | undefined {
  if (cursor === undefined || !isSearchCursor(cursor)) return undefined;
  const [first = '', used = '', id = ''] = cursor.split('.');
  return { withTypos: first.startsWith('t'), place: Number(first.slice(1)), used, id };
}

/** Of the conditions for titles or words, $9 to $11. */
const valuesOf = ({ exact, beginnings, withTypos }: Conditions, isLoose: boolean) => [
  exact,
  beginnings,
  isLoose ? withTypos : null,
];

type Search = (userId: string, request: SearchRequest, credentialId: string | undefined) => Promise<DocumentPage>;

/** @param siteLanguage of documents that have no other */
export function createDocumentSearch(orm: Pick<Orm, 'query'>, reads: ReplicaReads, siteLanguage: string): Search {
  /** Beginnings of texts, as much of each as one page has time for. */
  async function textsOf(ids: readonly string[], credentialId: string | undefined): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map();
    const each = Math.min(MAX_CHARS, Math.max(LEAST_OF_A_TEXT, Math.floor(LOOKED_THROUGH / ids.length)));
    const { rows } = await reads.query<{ id: string; text: string }>(credentialId, TEXT, [ids, each]);
    return new Map(rows.map(({ id, text }) => [id, text]));
  }

  return async (userId, { limit, after, q, ...filters }, credentialId) => {
    const query = parseQuery(q);
    if (query.wanted.length === 0 && query.unwanted.length === 0) return { documents: [], next: undefined };
    const { title, words, unwanted } = tsQueriesOf(query);
    const start = startOf(after);

    /** A replica may not have what comes next yet. */
    const isEnough = (found: readonly SearchCursor[]) => start === undefined || found.length > 0;

    /** Texts are searched when titles do not fill the page. */
    async function find(isLoose: boolean, most: number): Promise<SearchCursor[]> {
      const ask = async (sql: string, from: Start | undefined, limit: number, more: readonly unknown[]) => {
        const page = [limit, from?.place ?? null, from?.used ?? null, from?.id ?? null];
        const values = [...filterValues(userId, filters), ...page, ...more];
        return (await reads.query<SearchCursor>(credentialId, sql, values, isEnough)).rows;
      };
      const ofTitles = valuesOf(title, isLoose);
      const isInTexts = start !== undefined && start.place >= TEXTS;
      const found = isInTexts ? [] : await ask(IN_TITLES, start, most, [...ofTitles, unwanted, null]);
      if (found.length >= most) return found;
      const seen = ofTitles.findLast((condition) => condition !== null) ?? null;
      const ofTexts = [...valuesOf(words, isLoose), unwanted, seen, storableText(q)];
      return [...found, ...(await ask(IN_TEXTS, isInTexts ? start : undefined, most - found.length, ofTexts))];
    }
    let withTypos = start?.withTypos ?? false;
    // One more than the limit shows whether there is a next page.
    let found = await find(withTypos, start ? limit + 1 : Math.max(limit + 1, ENOUGH));
    if (!start && found.length < ENOUGH && words.withTypos !== null) {
      withTypos = true;
      found = await find(true, limit + 1);
    }
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const next = found.length > limit && last ? cursorOf(last, withTypos) : undefined;
    if (page.length === 0) return { documents: [], next };

    // I6: as they are now, and as far as the user may still open them; a replica's places may be a moment old.
    const rows = await orm.query<DocumentRow>(ROWS, [...filterValues(userId, filters), page.map(({ id }) => id)]);
    const rowOf = new Map(rows.map((row) => [row.id, row]));
    const texts = await textsOf([...rowOf.keys()], credentialId);
    const matcher = matcherOf(query, withTypos);
    const documents: ListedDocument[] = [];
    for (const { id } of page) {
      const row = rowOf.get(id);
      if (!row) continue;
      const text = [row.summary, texts.get(id) ?? ''].filter((part) => part !== '').join('\n');
      const match = { title: marked(row.title, matcher), snippet: snippetOf(text, matcher) };
      documents.push({ ...toPublic(row, siteLanguage), match });
      // I10: the long texts of a page keep nothing else waiting.
      await yieldToOthers();
    }
    return { documents, next };
  };
}
