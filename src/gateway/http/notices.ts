/**
 * Pages of a sentence: that there is nothing at an address, or nothing at the moment. In the visitor's language, without a script.
 *
 * I6: a notice does not depend on what was asked for. It leads those who have a session to their documents, and strangers to the
 * home page and the sign-in page.
 */
import { escapeHtml } from '../../content/html/html.ts';
import { type NoticeName, READERS, type ReaderTexts } from '../../messages/catalogues.ts';
import { LANGUAGES, preferredLanguage } from '../../messages/languages.ts';
import { hasSessionCookie } from '../access/cookies.ts';
import { htmlResponse, meta, READING_HEADERS, type ReadingAssets, readingShell } from './reading-shell.ts';

/** @param more headers */
export type Notices = (
  request: Request,
  status: number,
  name: NoticeName,
  more?: Readonly<Record<string, string>>,
) => Response;

const button = (href: string, text: string, isPrimary: boolean): string =>
  `<a class="button${isPrimary ? ' primary' : ''}" href="${href}">${escapeHtml(text)}</a>`;

/** Where a visitor who found nothing can go on. */
function actionsOf({ actions }: ReaderTexts, hasSession: boolean): string {
  const links = hasSession
    ? [button('/', actions.yourDocuments, true)]
    : [button('/', actions.homePage, true), button('/sign-in', actions.signIn, false)];
  return `<div class="actions">${links.join('')}</div>`;
}

/** @param common headers of all of them */
export function createNotices(assets: ReadingAssets, common = READING_HEADERS): Notices {
  return (request, status, name, more = {}) => {
    const language = preferredLanguage(request.headers.get('accept-language'), LANGUAGES);
    const texts = READERS[language];
    const title = escapeHtml(texts.notices[name].title);
    const actions = name === 'missing' ? actionsOf(texts, hasSessionCookie(request.headers.get('cookie'))) : '';
    const main = `<main class="notice"><h1>${title}</h1><p>${escapeHtml(texts.notices[name].text)}</p>${actions}</main>`;
    const head = [`<title>${title}</title>`, meta('robots', 'noindex')];
    const html = readingShell(language, head, [main], assets);
    return htmlResponse(request, status, html, { ...common, 'cache-control': 'no-store', ...more });
  };
}
