/**
 * `GET /v1/docs`: the reference as one page, made from the OpenAPI and AsyncAPI documents alone. No script and nothing from elsewhere;
 * its content policy admits its own style by hash and nothing besides.
 */
import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { ERRORS } from '../../../../schemas/errors.ts';
import type { AsyncApi } from './asyncapi-types.ts';
import { curlOf } from './docs-example.ts';
import { fieldRow, type Html, inline, kindOf, prose } from './docs-schema.ts';
import { socketContents, socketSections } from './docs-sockets.ts';
import { DOCS_STYLE } from './docs-style.ts';
import type { Content, OpenApi, OperationObject, Parameter, SchemaObject } from './openapi-types.ts';

const STYLE_HASH = createHash('sha256').update(DOCS_STYLE).digest('base64');
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

interface Route {
  readonly path: string;
  readonly method: string;
  readonly operation: OperationObject;
}

/** The whole page. */
export async function docsPage(api: OpenApi, sockets: AsyncApi): Promise<string> {
  const routes: Route[] = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = api.tags.map((tag) => ({
    ...tag,
    anchor: `tag-${tag.name.toLowerCase().replaceAll(/\W+/g, '-')}`,
    routes: routes.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  const { description, summary, title, version } = api.info;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} API ${version}</title>
<style>${raw(DOCS_STYLE)}</style>
</head>
<body>
<div class="page">
<p class="bar"><a href="#contents">Contents</a></p>
<nav id="contents" aria-label="Contents">
<ul><li><a href="#top">${title} API</a></li>
${groups.map(
  ({ anchor, name, routes }) => html`<li class="group"><a href="#${anchor}">${name}</a></li>
${routes.map(({ operation }) => html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`)}`,
)}
${socketContents(sockets)}
<li class="group"><a href="#schemas">Schemas</a></li>
<li class="group"><a href="#errors">Errors</a></li></ul></nav>
<main id="top">
<h1>${title} API</h1>
<p class="soft">${summary}. Version ${version}, <a href="/v1/openapi.json">OpenAPI document</a>, <a href="/v1/asyncapi.json">AsyncAPI document</a></p>
${prose(description)}
<p>The examples expect the address and your token in the shell:</p>
<pre><code>STET=http://localhost:8080
TOKEN=…</code></pre>
${groups.map(
  ({ anchor, description, name, routes }) => html`<section id="${anchor}">
<h2><a href="#${anchor}">${name}</a></h2>
${description === undefined ? '' : prose(description)}
${routes.map((route) => article(route, api))}</section>`,
)}
${socketSections(sockets)}
<section id="schemas"><h2><a href="#schemas">Schemas</a></h2>
${Object.entries({ ...sockets.components.schemas, ...api.components.schemas }).map(([name, schema]) => schemaArticle(name, schema))}</section>
<section id="errors"><h2><a href="#errors">Errors</a></h2>
${prose('The `code` of a failure. Those marked so may succeed when they are repeated later.')}
<dl>${Object.entries(ERRORS).map(
    ([code, { message, retryable, status }]) =>
      html`<dt><code id="error-${code}">${code}</code></dt><dd>${status}. ${message}${retryable ? ' May be repeated.' : ''}</dd>`,
  )}</dl></section>
</main>
</div>
</body>
</html>
`;
  return String(await page);
}

function article({ path, method, operation }: Route, api: OpenApi): Html {
  const { description, operationId, parameters, requestBody, responses, summary } = operation;
  const answers = Object.entries(responses);
  return html`<article id="${operationId}">
<h3><a href="#${operationId}">${summary}</a></h3>
<p class="route"><code><span class="method ${method}">${method.toUpperCase()}</span> ${path}</code></p>
${description === undefined ? '' : prose(description)}
<p class="soft">${access(operation)}</p>
${parameters.length === 0 ? '' : html`<h4>Parameters</h4><dl>${parameters.map(parameterRow)}</dl>`}
${requestBody ? html`<h4>Body</h4>${contentRows(requestBody.content)}` : ''}
<h4>Answers</h4>
<dl>${answers
    .filter(([status]) => Number(status) < 400)
    .map(([status, answer]) => {
      const headers = Object.entries(answer.headers ?? {}).flatMap(([name, header]) =>
        'description' in header ? [html`<p><code>${name}</code> ${inline(header.description)}</p>`] : [],
      );
      return html`<dt><code>${status}</code></dt><dd><p>${inline(answer.description)}</p>${headers}${
        answer.content ? contentLines(answer.content) : ''
      }</dd>`;
    })}</dl>
<h4>Errors</h4>
<dl>${answers
    .filter(([status]) => Number(status) >= 400)
    .map(([status, answer]) => html`<dt><code>${status}</code></dt><dd>${prose(answer.description)}</dd>`)}</dl>
<h4>Example</h4>
<pre><code>${curlOf(path, method, operation, api)}</code></pre>
</article>`;
}

function access({ security }: OperationObject): string {
  const bearer = security.find((scheme) => 'bearer' in scheme)?.bearer;
  if (!bearer) return 'Open to anyone.';
  const [scope] = bearer;
  return scope === undefined ? 'For sessions; API tokens may not.' : `A session, or a token with the scope ${scope}.`;
}

const PLACES = { path: '', query: 'in the query', header: 'a header' } as const;

function parameterRow({ description, in: place, name, required, schema }: Parameter): Html {
  return fieldRow(name, schema, required, description, PLACES[place]);
}

function contentRows(content: Content): Html {
  const rows = Object.entries(content).map(
    ([type, { schema }]) => html`<dt><code>${type}</code></dt><dd><p>${kindOf(schema)}</p></dd>`,
  );
  return html`<dl>${rows}</dl>`;
}

function contentLines(content: Content): Html {
  const lines = Object.entries(content).map(
    ([type, { schema }]) => html`<p><code>${type}</code> ${kindOf(schema)}</p>`,
  );
  return html`${lines}`;
}

function schemaArticle(name: string, schema: SchemaObject): Html {
  const { description, properties = {}, required = [] } = schema;
  const rows = Object.entries(properties).map(([key, field]) =>
    fieldRow(key, field, required.includes(key), field.description, ''),
  );
  return html`<article id="schema-${name}">
<h3><a href="#schema-${name}">${name}</a></h3>
${description === undefined ? '' : prose(description)}
<dl>${rows}</dl>
</article>`;
}
