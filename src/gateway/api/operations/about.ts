/** What the API says of itself: the OpenAPI and AsyncAPI documents and the page made from them. Open to anyone; they hold nothing private. */
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
      summary: 'Get the OpenAPI 3.1 document of this API',
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
      summary: 'Sockets and event streams as an AsyncAPI 3.0 document',
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
      summary: 'Get the reference of this API as a page',
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
