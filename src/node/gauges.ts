/** The gauges of a node: read when the metrics are asked for. */
import type { Access } from './access.ts';
import type { Accounts } from './accounts.ts';
import type { Actors } from './actors.ts';
import type { Metrics } from './metrics.ts';
import type { PublicParts } from './public.ts';
import type { Sockets } from './sockets.ts';
import type { Storage } from './storage.ts';

export interface GaugesPorts {
  access: Access;
  accounts: Accounts;
  actors: Actors;
  published: PublicParts;
  sockets: Sockets;
  storage: Storage;
}

export function watchGauges({ watch, watchBy }: Metrics, ports: GaugesPorts): void {
  const { access, accounts, actors, published, sockets, storage } = ports;
  watch('stet_sockets', 'Author sockets', () => sockets.realtime.count());
  watch('stet_followers', 'Yjs clients and event streams', () => sockets.draftSubscribers.count());
  watch('stet_viewers', 'Viewer sockets', () => sockets.viewers.count());
  watch('stet_widgets', 'Widget sockets', () => sockets.widget.count());
  watch('stet_unread_bytes', 'Bytes of HTTP responses that wait for slow clients', () => access.unread.bytes);
  watch(
    'stet_public_cache_bytes',
    'Bytes of published pages cached in the process',
    () => published.cache.stats().bytes,
  );
  watchBy('stet_document_actors', 'Document actors by state', 'state', () => actors.documents.states());
  watch('stet_documents_refused', 'Documents whose changes the database rejects', () =>
    actors.documents.refusedCount(),
  );
  watch('stet_journal_writable', '1 while the database is writable', () =>
    storage.journal.trouble() === undefined ? 1 : 0,
  );
  watch('stet_replicas_in_use', 'Read replicas in use', () => accounts.reads.count());
  watch('stet_users_present', 'Users with a socket on this node', () => actors.users.count());
}
