/**
 * The viewer protocol's place on the authors' Socket.IO server (`schemas/viewer.ts`), for both ends: its namespace, and the
 * query by which a handshake says that it is for it, before any namespace is known.
 */
export const VIEWER_NAMESPACE = '/view';
export const VIEWER_QUERY = { for: 'view' } as const;

/** @param query of the handshake; whatever a client may have written */
export const isForViewers = (query: Readonly<Record<string, unknown>>): boolean => query.for === VIEWER_QUERY.for;
