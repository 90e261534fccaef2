/** The error registry on the reference page: what each code means, and what a client can do about it. */
import { html } from 'hono/html';
import { ERROR_ACTIONS } from '../../../../schemas/error-actions.ts';
import { ERRORS, type ErrorCode } from '../../../../schemas/errors.ts';
import { codeBox, type Html, inline, prose } from './docs-html.ts';
import { bodyFields } from './docs-schema.ts';
import { exampleOf } from './example-values.ts';
import type { OpenApi } from './openapi-types.ts';

const INTRODUCTION =
  'HTTP responds with a status and a body of type `application/problem+json`; sockets respond with `code`, `message` and `retryAfterMs`. Use `code` in your program: codes are stable, messages can change.';

export function errorSection({ components: { schemas } }: OpenApi): Html {
  const problem = schemas.Problem ?? {};
  const example = { ...(exampleOf(problem, schemas) as object), ...exampleProblem('rate_limited', 12_000) };
  return html`<section id="errors"><h2><a href="#errors">Errors</a></h2>
${prose(INTRODUCTION)}
<div class="split"><div>${bodyFields(problem, schemas)}</div>
<div class="code">${codeBox('Example', 'error', JSON.stringify(example, null, 2))}</div></div>
${(Object.keys(ERRORS) as ErrorCode[]).map(errorEntry)}</section>`;
}

function errorEntry(code: ErrorCode): Html {
  const { message, retryable, status } = ERRORS[code];
  return html`<section class="error" id="error-${code}"><h3><a href="#error-${code}"><code>${code}</code></a> <span class="soft">${status}${
    retryable ? ', can be retried' : ''
  }</span></h3>
<p>${message}</p><p><b>What to do:</b> ${inline(ERROR_ACTIONS[code])}</p></section>`;
}

function exampleProblem(code: ErrorCode, retryAfterMs: number): object {
  const { message, status } = ERRORS[code];
  return {
    type: `urn:stet:problem:${code}`,
    title: message,
    status,
    code,
    detail: 'The limit of this token is 600 requests a minute.',
    retryAfterMs,
  };
}
