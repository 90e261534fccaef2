/** What the API says of itself: the OpenAPI document and the page made from it. Open to anyone; both hold nothing private. */
import Type from 'typebox';
import { json, text } from '../kernel/answers.ts';
import { type Operation, operation } from '../kernel/operation.ts';
import { DOCS_POLICY, docsPage } from '../reference/docs-page.ts';
import type { OpenApi } from '../reference/openapi-types.ts';
import { noParams, noQuery } from './paths.ts';

const tag = 'About';

/** @param document made of all operations, these among them */
export function aboutOperations(document: () => OpenApi): Operation[] {
  let page: Promise<string> | undefined;
  return [
    operation({
      id: 'getOpenApi',
      method: 'get',
      path: '/openapi.json',
      tag,
      summary: 'This API as an OpenAPI 3.1 document',
      access: 'anyone',
      params: noParams,
      query: noQuery,
      answers: { 200: { description: 'The document', content: { 'application/json': Type.Object({}) } } },
      errors: [],
      handle: () => json(document()),
    }),
    operation({
      id: 'getDocs',
      method: 'get',
      path: '/docs',
      tag,
      summary: 'This API as a page to read',
      access: 'anyone',
      params: noParams,
      query: noQuery,
      answers: { 200: { description: 'The page', content: { 'text/html': 'text' } } },
      errors: [],
      async handle() {
        page ??= docsPage(document());
        return text(await page, 'text/html', { 'content-security-policy': DOCS_POLICY });
      },
    }),
  ];
}
