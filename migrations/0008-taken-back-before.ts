/**
 * What was taken back before documents remembered it. What is not published now was unpublished at its newest revision; of
 * what is, the trail of its document knows. Apart from the step before, so that no table is locked while it is looked up.
 */
import { OnlineMigration } from './online-migration.ts';

const STATEMENTS = [
  `update documents d set taken_back = t.revision
     from (select c.id,
                  case when c.published_revision is null
                       then (select max(r.number) from revisions r where r.document_id = c.id)
                       else (select max((e.before->>'revision')::integer) from audit_events e
                              where e.target_kind = 'document' and e.target_id = c.id::text
                                and e.action = 'document.unpublished' and e.outcome = 'ok')
                  end as revision
             from documents c) t
    where t.id = d.id and t.revision > d.taken_back
      and (d.published_revision is null or t.revision < d.published_revision)`,
];

export class TakenBackBefore extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
