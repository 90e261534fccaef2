/** Text inside XML: escaped, and without what XML cannot hold. Pure. */
import { escapeHtml } from '../../content/html/html.ts';

/** XML 1.0 has these characters in no form, not even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

export const XML_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>';

export const xml = (text: string): string => escapeHtml(text.toWellFormed().replace(NOT_XML, ''));
