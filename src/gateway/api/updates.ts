/**
 * `POST /v1/documents/:id/updates`: one Yjs v1 update without a socket. A page that is going away sends what it has
 * unsaved this way (`fetch` with `keepalive`), where only plain content types go out without a preflight.
 */
import type { Hono } from 'hono';
import type { UpdateAccepted } from '../../../schemas/http.ts';
import type { requireIdentity } from './authenticate.ts';
import { mediaType, readBytes } from './body.ts';
import type { ApiEnv, ApiPorts } from './context.ts';
import { documentIdOf } from './documents.ts';
import { problem, problemOf } from './problem.ts';
import { resource } from './resource.ts';

/** The bytes count, whatever they are called; none at all is what `fetch` says of a bare buffer. */
const ACCEPTED = new Set(['application/octet-stream', 'text/plain', '']);

export function updateRoutes(
  app: Hono<ApiEnv>,
  { access, editDraft, limits }: ApiPorts,
  signedIn: ReturnType<typeof requireIdentity>,
): void {
  resource(app, '/documents/:id/updates', {
    POST: [
      signedIn,
      async (c) => {
        const identity = c.get('identity');
        const id = documentIdOf(c);
        if (id === undefined) return problemOf('not_found');
        if (!ACCEPTED.has(mediaType(c.req.raw))) {
          return problemOf('unsupported_media_type', { detail: 'Send the update as application/octet-stream.' });
        }
        // Access before the body: who may not write has nothing read.
        const role = await access.roleOf(identity.userId, id);
        if (role === null) return problemOf('not_found');
        if (role === 'view') return problemOf('read_only');
        const update = await readBytes(c.req.raw, limits.maxUpdateBytes, 'update_too_large');
        if (!update.ok) return update.refusal;
        if (update.value.byteLength === 0) return problemOf('update_malformed', { detail: 'The body is empty.' });
        const edited = await editDraft(identity, id, update.value);
        if (!edited.ok) return problem(edited);
        const answer: UpdateAccepted = { seq: edited.seq };
        return c.json(answer);
      },
    ],
  });
}
