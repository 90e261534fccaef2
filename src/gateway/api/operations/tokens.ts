/** `/v1/tokens`: API tokens for scripts and other programs. A token cannot create tokens. */
import { NewToken, TokenList, TokenWithSecret } from '../../../../schemas/http.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { PublishUserChange } from '../../../ports/access.ts';
import type { TokenStore } from '../../../ports/tokens.ts';
import { problem } from '../../http/problem.ts';
import { jsonOperation, type Operation, operation } from '../kernel/operation.ts';
import { empty, json } from '../kernel/responses.ts';
import { byTokenId, noParams, noQuery } from './paths.ts';

const tag = 'Tokens';

export interface TokenPorts {
  tokens: Pick<TokenStore, 'list' | 'create' | 'revoke'>;
  onUserChange: PublishUserChange;
  log: Logger;
}

export function tokenOperations({ tokens, log, onUserChange }: TokenPorts): Operation[] {
  return [
    operation({
      id: 'listTokens',
      method: 'get',
      path: '/tokens',
      tag,
      summary: 'List API tokens',
      description: 'Returns your API tokens, oldest first, without expired and revoked ones.',
      access: 'session',
      params: noParams,
      query: noQuery,
      responses: { 200: { description: 'Your tokens', content: { 'application/json': TokenList } } },
      errors: [],
      handle: async ({ identity }) => json({ tokens: await tokens.list(identity.userId) } satisfies TokenList),
    }),
    jsonOperation({
      id: 'createToken',
      method: 'post',
      path: '/tokens',
      tag,
      summary: 'Create an API token',
      description:
        'Creates an API token with scopes. They apply to all documents that you have access to. Store the token safely: only this response contains it.',
      access: 'session',
      params: noParams,
      query: noQuery,
      json: NewToken,
      // No Idempotency-Key: the response would be stored, and the token with it.
      responses: { 201: { description: 'The new token', content: { 'application/json': TokenWithSecret } } },
      errors: ['conflict'],
      async handle({ actor, body, identity: { userId } }) {
        const created = await tokens.create(actor, userId, body);
        if (!created.ok) return problem(created, { detail: created.detail });
        log.info({ userId, tokenId: created.token.id }, 'API token created');
        return json(created.token satisfies TokenWithSecret, 201);
      },
    }),
    operation({
      id: 'revokeToken',
      method: 'delete',
      path: '/tokens/{id}',
      tag,
      summary: 'Revoke an API token',
      description: 'Ends an API token at once, and closes its connections.',
      access: 'session',
      params: byTokenId,
      query: noQuery,
      responses: { 204: { description: 'Revoked' } },
      errors: [],
      async handle({ actor, identity: { userId }, params: { id } }) {
        const revoked = await tokens.revoke(actor, userId, id);
        if (!revoked.ok) return problem(revoked);
        for (const { change } of revoked.changes) onUserChange(userId, change);
        log.info({ userId, tokenId: id }, 'API token revoked');
        return empty();
      },
    }),
  ];
}
