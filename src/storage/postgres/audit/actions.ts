/** The actions of the audit trail. An action, once released, keeps its name: events are for ever. */
export type AuditAction =
  /** A document was made; `after` has its title, slug and visibility. */
  | 'document.created'
  /** Title, summary, slug or visibility; `before` and `after` have what changed. */
  | 'document.changed'
  /** Hidden from everybody; it can be restored for 30 days. */
  | 'document.deleted'
  | 'document.restored'
  /** Gone for good, with its journal. */
  | 'document.purged'
  /** `after` has the revision; `details` the position of the draft, and the schedule when it was one. */
  | 'document.published'
  | 'document.unpublished'
  /** To be published at a time; `before` has the time that it replaces. */
  | 'document.scheduled'
  /** A scheduled publication was cancelled, or given up after too many failures or because its author may no longer publish. */
  | 'document.unscheduled'
  /** The draft became a revision's content again; `details` has its number. */
  | 'document.reverted'
  /** A user got a level; `before` has the one from before. */
  | 'grant.set'
  | 'grant.revoked'
  | 'user.created'
  /** A user signed in. */
  | 'session.opened'
  | 'session.closed'
  /** A handle with a wrong password, or an unknown handle. */
  | 'login.failed'
  | 'token.created'
  | 'token.revoked'
  | 'webhook.created'
  | 'webhook.changed'
  | 'webhook.deleted'
  /** Committed updates of a draft by one user in one session; `details.ranges` has their positions, ends included. */
  | 'draft.edited';
