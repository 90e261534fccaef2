/**
 * `GET /v1/docs`: the reference as one page, made from the OpenAPI and AsyncAPI documents and the error registry. It can be read
 * without its script, which adds search, buttons that copy code, and the reader's own address in the examples. It loads nothing:
 * the content policy allows its own style and script by hash, and nothing else.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { html, raw } from 'hono/html';
import type { AsyncApi } from './asyncapi-types.ts';
import { errorSection } from './docs-errors.ts';
import { EXAMPLE_ORIGIN } from './docs-example.ts';
import { codeBox, type Html, prose } from './docs-html.ts';
import { operationArticle, type Route } from './docs-operation.ts';
import { socketContents, socketSections } from './docs-sockets.ts';
import { DOCS_STYLE } from './docs-style.ts';
import type { OpenApi } from './openapi-types.ts';

const SCRIPT = readFileSync(new URL('./docs-script.js', import.meta.url), 'utf8');

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');
export const DOCS_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${hashOf(DOCS_STYLE)}'`,
  `script-src 'sha256-${hashOf(SCRIPT)}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SET_UP = `TOKEN=…   # an API token, or the token of a session
ID=…      # the id of a document`;

interface Group {
  readonly name: string;
  readonly description?: string;
  readonly anchor: string;
  readonly routes: readonly Route[];
}

/** The whole page. */
export async function docsPage(api: OpenApi, sockets: AsyncApi): Promise<string> {
  const routes: Route[] = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups: Group[] = api.tags.map((tag) => ({
    ...tag,
    anchor: `tag-${tag.name.toLowerCase().replaceAll(/\W+/g, '-')}`,
    routes: routes.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  const { description, summary, title, version } = api.info;
  const page = html`<!doctype html>
<html lang="en" data-origin="${EXAMPLE_ORIGIN}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} API ${version}</title>
<style>${raw(DOCS_STYLE)}</style>
</head>
<body>
<a class="skip" href="#top">Skip to content</a>
<header>
<button type="button" class="menu" popovertarget="contents">Contents</button>
<div role="search" hidden><input type="search" id="search" placeholder="Search" aria-label="Search the reference" aria-keyshortcuts="/" autocomplete="off" spellcheck="false"><kbd aria-hidden="true">/</kbd></div>
<div id="results" hidden></div>
<p id="status" role="status"></p>
</header>
${contents(title, groups, sockets)}
<main id="top" tabindex="-1">
<h1>${title} API</h1>
<p class="lead">${summary}.</p>
<p class="soft">Version ${version}. For tools: <a href="/v1/openapi.json">OpenAPI document</a>, <a href="/v1/asyncapi.json">AsyncAPI document</a>.</p>
<div class="split"><div>${prose(description)}</div>
<div class="code">${codeBox('Variables', 'shell', SET_UP)}</div></div>
${groups.map(
  ({ anchor, description, name, routes }) => html`<section id="${anchor}">
<h2><a href="#${anchor}">${name}</a></h2>
${description === undefined ? '' : prose(description)}
${routes.map((route) => operationArticle(route, api))}</section>`,
)}
${socketSections(sockets)}
${errorSection(api)}
</main>
<script>${raw(SCRIPT)}</script>
</body>
</html>
`;
  return String(await page);
}

function contents(title: string, groups: readonly Group[], sockets: AsyncApi): Html {
  return html`<nav id="contents" popover aria-label="Contents">
<button type="button" class="menu" popovertarget="contents" popovertargetaction="hide">Close</button>
<ul><li><a href="#top">${title} API</a></li>
${groups.map(
  ({ anchor, name, routes }) => html`<li><a class="group" href="#${anchor}">${name}</a>
<ul>${routes.map(({ operation }) => html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`)}</ul></li>`,
)}
${socketContents(sockets)}
<li><a class="group" href="#errors">Errors</a></li></ul></nav>`;
}
