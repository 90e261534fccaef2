/** What a page says of a failure. The server's own message is English, and written for developers. */
import { errors, other } from '../../../messages/en/errors.ts';

const TEXTS: Readonly<Record<string, string>> = errors;

/** @param code of the error registry, or `unreachable` */
export const problemText = ({ code }: { readonly code: string }): string =>
  Object.hasOwn(TEXTS, code) ? (TEXTS[code] ?? other(code)) : other(code);
