/** `/v1/documents/:id/grants/:handle`: giving and taking access. Committed first, then told (I6). */
import type { Hono } from 'hono';
import { Handle, SetGrant } from '../../../schemas/http.ts';
import type { GrantsChanged, GrantTarget } from '../../storage/accounts/grants.ts';
import type { requireIdentity } from './authenticate.ts';
import { checkerOf, readJson } from './body.ts';
import type { ApiEnv, ApiPorts } from './context.ts';
import { documentIdOf } from './documents.ts';
import { problem, problemOf } from './problem.ts';
import { type ApiContext, resource } from './resource.ts';

const checkSetGrant = checkerOf(SetGrant);
const checkHandle = checkerOf(Handle);

function targetOf(c: ApiContext): GrantTarget | undefined {
  const documentId = documentIdOf(c);
  const handle = checkHandle(c.req.param('handle'));
  return documentId !== undefined && handle.ok ? { documentId, handle: handle.value } : undefined;
}

const DETAILS: Partial<Record<string, string>> = {
  conflict: 'A document needs an owner: give somebody else the level own first.',
  forbidden: 'Only owners change who has access.',
};

export function grantRoutes(
  app: Hono<ApiEnv>,
  { grants, limits, log, onUserChange }: ApiPorts,
  signedIn: ReturnType<typeof requireIdentity>,
): void {
  /** Tells of the committed changes, or answers why there are none. */
  function refusalAfter(c: ApiContext, target: GrantTarget, outcome: GrantsChanged): Response | undefined {
    if (!outcome.ok) return problem(outcome, { detail: DETAILS[outcome.error.code] });
    for (const { userId, change } of outcome.changes) {
      onUserChange(userId, change);
      log.info({ documentId: target.documentId, userId, by: c.get('identity').userId, change }, 'access changed');
    }
    return undefined;
  }

  resource(app, '/documents/:id/grants/:handle', {
    PUT: [
      signedIn,
      async (c) => {
        const target = targetOf(c);
        if (!target) return problemOf('not_found');
        const body = await readJson(c.req.raw, limits.maxJsonBytes, checkSetGrant);
        if (!body.ok) return body.refusal;
        const { level } = body.value;
        const outcome = await grants.put(c.get('identity').userId, target, level);
        return refusalAfter(c, target, outcome) ?? c.json({ handle: target.handle, level });
      },
    ],
    DELETE: [
      signedIn,
      async (c) => {
        const target = targetOf(c);
        if (!target) return problemOf('not_found');
        const outcome = await grants.remove(c.get('identity').userId, target);
        return refusalAfter(c, target, outcome) ?? c.body(null, 204);
      },
    ],
  });
}
