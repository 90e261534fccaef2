/**
 * The `/v1` calls of the pages. Same origin, so the session is the cookie's. Never rejects: a server that cannot be
 * reached is a `Problem` like any other answer. Knows nothing of the DOM.
 */
import type {
  CurrentSession,
  Document,
  DocumentList,
  DocumentListQuery,
  DocumentPatch,
  DocumentStats,
  DocumentWithGrants,
  DraftDiff,
  HistoryDiff,
  NewSession,
  Revert,
  Revision,
  RevisionList,
  RevisionSummary,
  Schedule,
  Session,
  WritingSessionList,
} from '../../../../schemas/http.ts';
import type { Role } from '../../../../schemas/realtime.ts';

export interface Problem {
  /** A code of the error registry, or `unreachable` when no server answered. */
  readonly code: string;
  /** HTTP status; 0 when no server answered. */
  readonly status: number;
  /** Milliseconds to wait before the same request; absent when the server names none. */
  readonly retryAfterMs?: number;
}
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** Milliseconds after which a request counts as unanswered. */
const TIMEOUT_MS = 15_000;

async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const { code, retryAfterMs } = fields;
  return {
    // A proxy whose server is away answers 502 to 504 without a body of ours.
    code: typeof code === 'string' ? code : response.status >= 502 ? 'unreachable' : 'internal',
    status: response.status,
    ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
  };
}

interface Extras {
  /** Of the answer; left out: JSON. */
  readonly as?: 'text';
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

async function call<T>(method: string, path: string, { as, body, headers }: Extras = {}): Promise<Answer<T>> {
  const init: RequestInit = { method, signal: AbortSignal.timeout(TIMEOUT_MS), cache: 'no-store' };
  if (body !== undefined) init.body = JSON.stringify(body);
  init.headers = { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers };
  try {
    const response = await fetch(`/v1${path}`, init);
    if (!response.ok) return { ok: false, problem: await problemOf(response) };
    const text = await response.text();
    if (as === 'text') return { ok: true, value: text as T };
    return { ok: true, value: (text === '' ? undefined : JSON.parse(text)) as T };
  } catch {
    return { ok: false, problem: { code: 'unreachable', status: 0 } };
  }
}

function withQuery(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? path : `${path}?${search}`;
}

const documentPath = (id: string) => `/documents/${encodeURIComponent(id)}`;
const grantPath = (id: string, handle: string) => `${documentPath(id)}/grants/${encodeURIComponent(handle)}`;
/** For the draft at this position alone; a newer one answers 412. */
const ifAt = (seq: number) => ({ 'if-match': `"${seq}"` });

export const api = {
  signIn: (credentials: NewSession) => call<Session>('POST', '/sessions', { body: credentials }),
  signOut: () => call<void>('DELETE', '/sessions/current'),
  currentSession: () => call<CurrentSession>('GET', '/sessions/current'),

  documents: (query: DocumentListQuery = {}) => call<DocumentList>('GET', withQuery('/documents', query)),
  createDocument: (title: string) => call<Document>('POST', '/documents', { body: { title } }),
  document: (id: string) => call<DocumentWithGrants>('GET', documentPath(id)),
  changeDocument: (id: string, patch: DocumentPatch) =>
    call<DocumentWithGrants>('PATCH', documentPath(id), { body: patch }),
  deleteDocument: (id: string) => call<void>('DELETE', documentPath(id)),
  restoreDocument: (id: string) => call<Document>('POST', `${documentPath(id)}/restore`),
  setGrant: (id: string, handle: string, level: Role) => call<void>('PUT', grantPath(id, handle), { body: { level } }),
  removeGrant: (id: string, handle: string) => call<void>('DELETE', grantPath(id, handle)),

  /** @param seq position of the draft that the author sees: nothing else is published */
  publish: (id: string, seq: number) =>
    call<RevisionSummary>('POST', `${documentPath(id)}/publish`, { headers: ifAt(seq) }),
  unpublish: (id: string) => call<void>('POST', `${documentPath(id)}/unpublish`),
  /** @param at RFC 3339 */
  schedule: (id: string, at: string) => call<Schedule>('PUT', `${documentPath(id)}/schedule`, { body: { at } }),
  unschedule: (id: string) => call<void>('DELETE', `${documentPath(id)}/schedule`),
  revisions: (id: string, query: { readonly limit?: number; readonly before?: number } = {}) =>
    call<RevisionList>('GET', withQuery(`${documentPath(id)}/revisions`, { ...query })),
  revision: (id: string, number: number) => call<Revision>('GET', `${documentPath(id)}/revisions/${number}`),
  writingSessions: (id: string, query: { readonly before?: number } = {}) =>
    call<WritingSessionList>('GET', withQuery(`${documentPath(id)}/writing-sessions`, query)),
  /** @param to left out, the present draft */
  historyDiff: (id: string, from: number, to?: number) =>
    call<HistoryDiff>('GET', withQuery(`${documentPath(id)}/history/diff`, { from, to })),
  /** The page that readers would see if the draft were published now, as HTML. */
  draftPreview: (id: string) => call<string>('GET', `${documentPath(id)}/draft/preview`, { as: 'text' }),
  /** How the draft differs from what is published. */
  draftDiff: (id: string) => call<DraftDiff>('GET', `${documentPath(id)}/draft/diff`),
  stats: (id: string) => call<DocumentStats>('GET', `${documentPath(id)}/stats`),
  revert: (id: string, to: Revert) => call<void>('POST', `${documentPath(id)}/revert`, { body: to }),
};
export type Api = typeof api;
