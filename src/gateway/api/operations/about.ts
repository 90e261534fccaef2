/** The descriptions of the API: the OpenAPI and AsyncAPI documents and the page made from them. They are public. */
import Type from 'typebox';
import { type Operation, operation } from '../kernel/operation.ts';
import { json, text } from '../kernel/responses.ts';
import type { AsyncApi } from '../reference/asyncapi-types.ts';
import { DOCS_POLICY, docsPage } from '../reference/docs-page.ts';
import type { OpenApi } from '../reference/openapi-types.ts';
import { noParams, noQuery } from './paths.ts';

const tag = 'About';

/** @param document made of all operations, these among them */
export function aboutOperations(document: () => OpenApi, sockets: () => AsyncApi): Operation[] {
  let page: Promise<string> | undefined;
  return [
    operation({
      id: 'getOpenApi',
      method: 'get',
      path: '/openapi.json',
      tag,
      summary: 'Get the OpenAPI document',
      description: 'Returns the description of this API as OpenAPI 3.1.',
      access: 'public',
      params: noParams,
      query: noQuery,
      responses: { 200: { description: 'The document', content: { 'application/json': Type.Object({}) } } },
      errors: [],
      handle: () => json(document()),
    }),
    operation({
      id: 'getAsyncApi',
      method: 'get',
      path: '/asyncapi.json',
      tag,
      summary: 'Get the AsyncAPI document',
      description: 'Returns the description of all sockets and event streams as AsyncAPI 3.0.',
      access: 'public',
      params: noParams,
      query: noQuery,
      responses: { 200: { description: 'The document', content: { 'application/json': Type.Object({}) } } },
      errors: [],
      handle: () => json(sockets()),
    }),
    operation({
      id: 'getDocs',
      method: 'get',
      path: '/docs',
      tag,
      summary: 'Get the API reference',
      description: 'Returns the page that you are reading.',
      access: 'public',
      params: noParams,
      query: noQuery,
      responses: { 200: { description: 'The page', content: { 'text/html': 'text' } } },
      errors: [],
      async handle() {
        page ??= docsPage(document(), sockets());
        return text(await page, 'text/html', { 'content-security-policy': DOCS_POLICY });
      },
    }),
  ];
}
