/** One operation on the reference page: route, parameters, bodies with their fields, errors and examples. */
import { html } from 'hono/html';
import { curlOf } from './docs-example.ts';
import { codeBox, errorLink, type Html, inline, joined, prose } from './docs-html.ts';
import { bodyFields, bodyType, fieldItem } from './docs-schema.ts';
import { exampleOf } from './example-values.ts';
import type { Content, OpenApi, OperationObject, Parameter, ResponseObject } from './openapi-types.ts';

export interface Route {
  readonly path: string;
  readonly method: string;
  readonly operation: OperationObject;
}

const JSON_TYPE = 'application/json';
const PLACES = { path: 'in the path', query: 'in the query', header: 'header' } as const;

export function operationArticle({ path, method, operation }: Route, api: OpenApi): Html {
  const { description, operationId, parameters, requestBody, responses, summary } = operation;
  const all = Object.entries(responses);
  const answers = all.filter(([status]) => Number(status) < 400);
  return html`<article id="${operationId}">
<h3><a href="#${operationId}">${summary}</a></h3>
<p class="route"><b class="${method}">${method.toUpperCase()}</b> <code>${path}</code></p>
<div class="split"><div>
${description === undefined ? '' : prose(description)}
<p class="soft">${accessOf(operation)}</p>
${parameters.length === 0 ? '' : html`<h4>Parameters</h4><ul class="fields">${parameters.map((parameter) => parameterItem(parameter, api))}</ul>`}
${requestBody ? html`<h4>Request body</h4>${contents(requestBody.content, api)}` : ''}
<h4>Responses</h4>
${answers.map(([status, answer]) => response(status, answer, api))}
<h4>Errors</h4>
<ul class="codes">${all.filter(([status]) => Number(status) >= 400).map(([status, answer]) => errorRow(status, answer))}</ul>
</div><div class="code">
${codeBox('Request', summary, curlOf(path, method, operation, api))}
${responseExample(summary, answers, api)}
</div></div>
</article>`;
}

function accessOf({ security }: OperationObject): Html {
  const bearer = security.find((scheme) => 'bearer' in scheme)?.bearer;
  if (!bearer) return html`No authentication required.`;
  const [scope] = bearer;
  return scope === undefined
    ? html`Requires a session. API tokens are not accepted.`
    : html`Requires a session, or an API token with the scope <code>${scope}</code>.`;
}

function parameterItem({ description, in: place, name, required, schema }: Parameter, api: OpenApi): Html {
  return fieldItem({ name, schema, required, description, place: PLACES[place] }, api.components.schemas);
}

/** The bodies of each media type. Those without fields share a line. */
function contents(content: Content, { components: { schemas } }: OpenApi): Html {
  const others = Object.entries(content).filter(([type]) => type !== JSON_TYPE);
  const json = content[JSON_TYPE]?.schema;
  return html`${json ? html`<p><code>${JSON_TYPE}</code> <span class="type">${bodyType(json)}</span></p>${bodyFields(json, schemas)}` : ''}${
    others.length === 0
      ? ''
      : html`<p>${json ? 'Or ' : ''}${joined(others.map(([type]) => html`<code>${type}</code>`))}</p>`
  }`;
}

function response(status: string, { content, description, headers = {} }: ResponseObject, api: OpenApi): Html {
  // Headers that all responses have are described once, at the top.
  const own = Object.entries(headers).flatMap(([name, header]) =>
    'description' in header
      ? [
          html`<li><code class="name">${name}</code> <span class="type">header</span><p>${inline(header.description)}</p></li>`,
        ]
      : [],
  );
  return html`<p><b>${status}</b> ${inline(description)}</p>${own.length === 0 ? '' : html`<ul class="fields">${own}</ul>`}${
    content ? contents(content, api) : ''
  }`;
}

function responseExample(summary: string, answers: readonly (readonly [string, ResponseObject])[], api: OpenApi): Html {
  for (const [, { content }] of answers) {
    const schema = content?.[JSON_TYPE]?.schema;
    if (!schema) continue;
    const example = exampleOf(schema, api.components.schemas);
    if (Object.keys(example as object).length === 0) continue;
    return codeBox('Response', summary, JSON.stringify(example, null, 2));
  }
  return html``;
}

/** The codes of a status. Their meaning is in the section of errors. */
function errorRow(status: string, { description }: ResponseObject): Html {
  const codes = [...description.matchAll(/^`(\w+)`: /gm)].map(([, code = '']) => code);
  return html`<li><span>${status}</span> ${joined(codes.map(errorLink), ', ')}</li>`;
}
