/** Every migration in the order in which it runs. A name, once released, never changes: the database remembers it. */
import { AccountsAndDrafts } from './0001-accounts-and-drafts.ts';
import { AuditEvents } from './0002-audit-events.ts';
import { Publishing } from './0003-publishing.ts';
import { Tokens } from './0004-tokens.ts';
import { Webhooks } from './0005-webhooks.ts';
import { PublicReads } from './0006-public-reads.ts';
import { TakenBack } from './0007-taken-back.ts';
import { TakenBackBefore } from './0008-taken-back-before.ts';
import { RefusedAppends } from './0010-refused-appends.ts';
import { AccessChanges } from './0011-access-changes.ts';
import { DraftReservations } from './0014-draft-reservations.ts';
import { ServerSecrets } from './0016-server-secrets.ts';
import { UnauditedSince } from './0018-unaudited-since.ts';
import { Names } from './0020-names.ts';
import { Addresses } from './0021-addresses.ts';
import { PlaceholderNames } from './0022-placeholder-names.ts';
import { DocumentLanguage } from './0024-document-language.ts';
import { LivePeriods } from './0025-live-periods.ts';
import { Search } from './0026-search.ts';
import { ListedChanges } from './0027-listed-changes.ts';

export const MIGRATIONS = [
  { name: '0001-accounts-and-drafts', class: AccountsAndDrafts },
  { name: '0002-audit-events', class: AuditEvents },
  { name: '0003-publishing', class: Publishing },
  { name: '0004-tokens', class: Tokens },
  { name: '0005-webhooks', class: Webhooks },
  { name: '0006-public-reads', class: PublicReads },
  { name: '0007-taken-back', class: TakenBack },
  { name: '0008-taken-back-before', class: TakenBackBefore },
  { name: '0010-refused-appends', class: RefusedAppends },
  { name: '0011-access-changes', class: AccessChanges },
  { name: '0014-draft-reservations', class: DraftReservations },
  { name: '0016-server-secrets', class: ServerSecrets },
  { name: '0018-unaudited-since', class: UnauditedSince },
  { name: '0020-names', class: Names },
  { name: '0021-addresses', class: Addresses },
  { name: '0022-placeholder-names', class: PlaceholderNames },
  { name: '0024-document-language', class: DocumentLanguage },
  { name: '0025-live-periods', class: LivePeriods },
  { name: '0026-search', class: Search },
  { name: '0027-listed-changes', class: ListedChanges },
];
