/**
 * Which addresses a link may have. Everything that takes or shows links asks here, the editor included. Knows nothing of
 * nodes; what it lets through leads to a web page, a mail or a call, in every browser, wherever it is shown.
 */
import { MAX_HREF } from './limits.ts';

// Browsers take `\` for `/` and skip tabs and line breaks, so that `/\host` and `/<tab>/host` lead elsewhere too.
const WEB = /^https?:\/\/[^/\\?#]/i;
const CALL_OR_MAIL = /^(?:mailto|tel):[^\s]/i;
const HERE = /^(?:#|\/(?![/\\]))/;
const CONTROL = /\p{Cc}/u;

/** The address as it may be shown; null if it may not be. */
export function linkHref(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > MAX_HREF || !value.isWellFormed()) return null;
  const href = value.trim();
  if (CONTROL.test(href)) return null;
  if (HERE.test(href) || CALL_OR_MAIL.test(href)) return href;
  return WEB.test(href) && URL.canParse(href) ? href : null;
}
