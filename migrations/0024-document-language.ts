/**
 * The language of a document (BCP 47), as its editors chose it or as it was guessed at its first publication. Null: that of the
 * site, which a setting names. It is the document's and not the revision's: to correct it takes no new revision.
 */
import { OnlineMigration } from './online-migration.ts';

const STATEMENTS = [
  `alter table documents add column language text null
     constraint documents_language_check check (language ~ '^[A-Za-z0-9]{2,8}(-[A-Za-z0-9]{1,8})*$' and length(language) <= 35)`,
  `create or replace view public_documents with (security_barrier) as
     select d.id, coalesce(d.name, d.slug) as slug, d.published_revision as revision, d.live, r.title, r.summary, d.published_at,
            (select min(f.published_at) from revisions f
              where f.document_id = d.id and (f.visibility = 'public' or f.number = d.published_revision))
              as first_published_at,
            u.handle as author, d.language
       from documents d
       join revisions r on r.document_id = d.id and r.number = d.published_revision
       join users u on u.id = d.owner_id
      where d.visibility = 'public' and d.deleted_at is null`,
];

export class DocumentLanguage extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
