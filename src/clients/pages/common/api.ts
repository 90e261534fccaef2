/**
 * The `/v1` calls of the pages. Same origin, so the session is the cookie's. Never rejects: a server that cannot be
 * reached is a `Problem` like any other answer. Knows nothing of the DOM.
 */
import type {
  CurrentSession,
  Document,
  DocumentList,
  DocumentWithGrants,
  NewSession,
  Session,
} from '../../../../schemas/http.ts';
import type { Role } from '../../../../schemas/realtime.ts';

export interface Problem {
  /** A code of the error registry, or `unreachable` when no server answered. */
  readonly code: string;
  /** HTTP status; 0 when no server answered. */
  readonly status: number;
  /** What a person may read. */
  readonly message: string;
  /** Milliseconds to wait before the same request; absent when the server did not say. */
  readonly retryAfterMs?: number;
}
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** Milliseconds after which a request counts as unanswered. */
const TIMEOUT_MS = 15_000;

async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const { code, title, detail = title, retryAfterMs } = fields;
  return {
    // A proxy whose server is away answers 502 to 504 without a body of ours.
    code: typeof code === 'string' ? code : response.status >= 502 ? 'unreachable' : 'internal',
    status: response.status,
    message: typeof detail === 'string' ? detail : `The server answered ${response.status}.`,
    ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
  };
}

async function call<T>(method: string, path: string, body?: object): Promise<Answer<T>> {
  const init: RequestInit = { method, signal: AbortSignal.timeout(TIMEOUT_MS), cache: 'no-store' };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { 'content-type': 'application/json' };
  }
  try {
    const response = await fetch(`/v1${path}`, init);
    if (!response.ok) return { ok: false, problem: await problemOf(response) };
    const text = await response.text();
    return { ok: true, value: (text === '' ? undefined : JSON.parse(text)) as T };
  } catch {
    return { ok: false, problem: { code: 'unreachable', status: 0, message: 'Stet cannot be reached.' } };
  }
}

const documentPath = (id: string) => `/documents/${encodeURIComponent(id)}`;
const grantPath = (id: string, handle: string) => `${documentPath(id)}/grants/${encodeURIComponent(handle)}`;

export const api = {
  signIn: (credentials: NewSession) => call<Session>('POST', '/sessions', credentials),
  signOut: () => call<void>('DELETE', '/sessions/current'),
  currentSession: () => call<CurrentSession>('GET', '/sessions/current'),
  documents: () => call<DocumentList>('GET', '/documents'),
  createDocument: (title: string) => call<Document>('POST', '/documents', { title }),
  document: (id: string) => call<DocumentWithGrants>('GET', documentPath(id)),
  renameDocument: (id: string, title: string) => call<Document>('PATCH', documentPath(id), { title }),
  setGrant: (id: string, handle: string, level: Role) => call<void>('PUT', grantPath(id, handle), { level }),
  removeGrant: (id: string, handle: string) => call<void>('DELETE', grantPath(id, handle)),
};
export type Api = typeof api;
