/** The descriptions of the API: the OpenAPI and AsyncAPI documents and the page made from them. They are public. */
import Type from 'typebox';
import { createBytes } from '../../../published/cached-bytes.ts';
import { IF_NONE_MATCH } from '../../http/conditional-requests.ts';
import { type Representation, representationOf, respond } from '../../http/representation.ts';
import { type Operation, operation } from '../kernel/operation.ts';
import { json } from '../kernel/responses.ts';
import type { AsyncApi } from '../reference/asyncapi-types.ts';
import { DOCS_POLICY, docsPage } from '../reference/docs-page.ts';
import type { OpenApi } from '../reference/openapi-types.ts';
import { noParams, noQuery } from './paths.ts';

const tag = 'About';
const HTML = 'text/html; charset=utf-8';

/** @param document made of all operations, these among them */
export function aboutOperations(document: () => OpenApi, sockets: () => AsyncApi): Operation[] {
  let page: Promise<Representation> | undefined;

  /** Rendered and compressed once: it is the same for everybody. */
  async function render(): Promise<Representation> {
    const html = await docsPage(document(), sockets());
    return representationOf(
      HTML,
      createBytes(html, () => undefined),
    );
  }
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
      headers: IF_NONE_MATCH,
      responses: {
        200: {
          description: 'The page',
          content: { 'text/html': 'text' },
          headers: { ETag: 'Changes with the response' },
        },
        304: { description: 'Not modified since the version in `If-None-Match`' },
      },
      errors: [],
      async handle({ raw }) {
        page ??= render();
        return respond(raw, await page, { 'content-security-policy': DOCS_POLICY, 'cache-control': 'no-cache' });
      },
    }),
  ];
}
