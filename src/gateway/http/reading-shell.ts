/**
 * The HTML around what the server writes for readers, and the headers of such a page. Pure: the same parts make the same bytes,
 * on which entity tags rely. The parts are HTML already; only what is named here is escaped here.
 */
import { escapeHtml } from '../../content/html/html.ts';
import { directionOf } from '../../lib/language-tag.ts';

/** Names of assets. */
export interface ReadingAssets {
  readonly style: string;
  readonly icon: string;
}

/** Colours of a page; `auto`: those that the reader's system asks for. */
export type Theme = 'auto' | 'light' | 'dark';

/** Of a page without scripts. */
export const READING_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
export const READING_TYPE = 'text/html; charset=utf-8';
export const READING_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': READING_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const AUTO = [
  '<meta name="color-scheme" content="light dark">',
  '<meta name="theme-color" content="#fbfaf7" media="(prefers-color-scheme: light)">',
  '<meta name="theme-color" content="#191817" media="(prefers-color-scheme: dark)">',
];

/** A page that is made for one request, with the headers of its body. */
export function htmlResponse(
  { method }: Request,
  status: number,
  html: string,
  headers: Readonly<Record<string, string>>,
): Response {
  const body = new Uint8Array(Buffer.from(html));
  const ofBody = { 'content-type': READING_TYPE, 'content-length': String(body.length) };
  return new Response(method === 'HEAD' ? null : body, { status, headers: { ...headers, ...ofBody } });
}

/** @param lang BCP 47, of most of the page */
export function readingShell(
  lang: string,
  head: readonly string[],
  body: readonly string[],
  { style, icon }: ReadingAssets,
  theme: Theme = 'auto',
): string {
  const isAuto = theme === 'auto';
  return [
    '<!doctype html>',
    `<html lang="${escapeHtml(lang)}" dir="${directionOf(lang)}"${isAuto ? '' : ` data-theme="${theme}"`}>`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    ...(isAuto ? AUTO : [meta('color-scheme', theme)]),
    ...head,
    `<link rel="icon" type="image/svg+xml" href="/assets/${escapeHtml(icon)}">`,
    `<link rel="stylesheet" href="/assets/${escapeHtml(style)}">`,
    '</head>',
    '<body>',
    ...body,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

export const meta = (name: string, content: string): string => `<meta name="${name}" content="${escapeHtml(content)}">`;
export const property = (name: string, content: string): string =>
  `<meta property="${name}" content="${escapeHtml(content)}">`;
