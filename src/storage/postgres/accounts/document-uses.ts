/** When users last opened or edited a document. Of nodes that record the same one, the later time counts. */
import type { DocumentUseStore } from '../../../ports/document-uses.ts';
import type { Orm } from '../orm.ts';

// In one order on all nodes, so that they wait for each other rather than deadlock. A document or user that is gone has no grant.
const RECORD = `
  insert into document_uses as u (user_id, document_id, used_at)
  select g.user_id, g.document_id, w.at
    from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as w(user_id, document_id, at)
    join grants g on g.user_id = w.user_id and g.document_id = w.document_id
   order by 1, 2
  on conflict (user_id, document_id) do update set used_at = excluded.used_at where u.used_at < excluded.used_at`;

export const createDocumentUseStore = (orm: Pick<Orm, 'query'>): DocumentUseStore => ({
  async record(uses) {
    await orm.query(RECORD, [
      uses.map(({ userId }) => userId),
      uses.map(({ documentId }) => documentId),
      uses.map(({ at }) => new Date(at)),
    ]);
  },
});
