/**
 * What a published page says of itself to programs: search engines, and sites on which its address is shared. Pure. All text is
 * escaped here.
 */
import { escapeHtml } from '../../../content/html/html.ts';
import { sectionsOf } from '../../../content/model/sections.ts';
import { renderText } from '../../../content/model/text.ts';
import { documentPath } from '../../../content/slug/address.ts';
import type { PublishedPage } from '../../../ports/revisions.ts';
import type { SectionDates } from '../../../published/entry.ts';
import { meta, property } from '../../http/reading-shell.ts';
import { CARD } from '../cards/card.ts';
import { cardPath } from '../cards/cards.ts';
import type { PageContext } from './page-context.ts';

/** Characters of a description made from the text when there is no summary. */
const DESCRIPTION = 160;
/** Posts of a live document that its JSON-LD has, and characters of the text of each: the page has all of it. */
const MAX_POSTS = 30;
const POST = 1_000;

interface Described {
  readonly title: string;
  /** Empty: there is none. */
  readonly description: string;
  /** Undefined when the site's own address is not known. */
  readonly url: string | undefined;
  /** Of the picture; undefined: there is none. */
  readonly picture: string | undefined;
}

/** JSON inside a `script` element: no `<`, so that nothing in it can end the element. */
const jsonData = (value: object): string => JSON.stringify(value).replaceAll('<', '\\u003c');

const inOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Up to the end of a word. */
function cutTo(length: number, text: string): string {
  if (text.length <= length) return text;
  const cut = text.lastIndexOf(' ', length);
  return `${text.slice(0, cut > 0 ? cut : length).toWellFormed()}…`;
}

function describe({ summary, body }: PublishedPage): string {
  return summary.trim() === '' ? cutTo(DESCRIPTION, inOneLine(renderText(body))) : inOneLine(summary);
}

/** `pt_BR`: Open Graph wants a region, and gets the one where the language is spoken most. */
function openGraphLocale(tag: string): string {
  const { language, region } = new Intl.Locale(tag).maximize();
  return region === undefined ? language : `${language}_${region}`;
}

/**
 * The posts of a live document: its sections, in the order in which they stand, each with the time at which readers first saw it,
 * where that is known. Of many, those at the end at which new ones are added.
 */
function postsOf({ author, body }: PublishedPage, dates: SectionDates): object[] {
  const posts = sectionsOf(body).map(({ heading, body: text }, index) => ({
    heading,
    text,
    date: dates[index] ?? null,
  }));
  const known = posts.flatMap(({ date }) => date ?? []);
  const growsDown = (known.at(-1) ?? '') > (known[0] ?? '');
  const newest = growsDown ? posts.slice(-MAX_POSTS) : posts.slice(0, MAX_POSTS);
  return newest.map(({ heading, text, date }) => ({
    '@type': 'BlogPosting',
    headline: heading,
    ...(date === null ? {} : { datePublished: date }),
    author: { '@type': 'Person', name: author },
    articleBody: cutTo(POST, inOneLine(renderText(text))),
  }));
}

/** What is or was live: when, and what was said. */
function coverageOf(page: PublishedPage, dates: SectionDates): object {
  const { coverage } = page;
  const posts = postsOf(page, dates);
  return {
    ...(coverage === null ? {} : { coverageStartTime: coverage.startedAt }),
    ...(coverage?.endedAt ? { coverageEndTime: coverage.endedAt } : {}),
    ...(posts.length === 0 ? {} : { liveBlogUpdate: posts }),
  };
}

/** In the terms of schema.org. */
function jsonLd(page: PublishedPage, described: Described, dates: SectionDates, { origin, site }: PageContext): object {
  const { title, description, url, picture } = described;
  const wasLive = page.live || page.coverage !== null;
  return {
    '@context': 'https://schema.org',
    '@type': wasLive ? 'LiveBlogPosting' : 'NewsArticle',
    headline: title,
    ...(description === '' ? {} : { description }),
    inLanguage: page.language,
    ...(picture === undefined ? {} : { image: [picture] }),
    author: { '@type': 'Person', name: page.author },
    datePublished: page.firstPublishedAt,
    dateModified: page.updatedAt,
    publisher: { '@type': 'Organization', name: site.name, ...(origin === undefined ? {} : { url: `${origin}/` }) },
    ...(url === undefined ? {} : { url, mainEntityOfPage: url }),
    ...(wasLive ? coverageOf(page, dates) : {}),
  };
}

/** The same document in other forms; a private page has none. */
function alternates({ visibility }: PublishedPage, { origin, site }: PageContext, url: string | undefined): string[] {
  if (visibility === 'private') return [];
  const oembed = url === undefined ? [] : [`${origin}/oembed?format=json&url=${encodeURIComponent(url)}`];
  return [
    `<link rel="alternate" type="application/atom+xml" title="${escapeHtml(site.name)}" href="/feed.xml">`,
    ...oembed.map((href) => `<link rel="alternate" type="application/json+oembed" href="${escapeHtml(href)}">`),
  ];
}

/** What is shown beside a link to the page: Open Graph, and X's names for it where they differ. */
function card(page: PublishedPage, { title, description, url, picture }: Described, { site }: PageContext): string[] {
  const image =
    picture === undefined
      ? []
      : [
          property('og:image', picture),
          property('og:image:type', 'image/png'),
          property('og:image:width', String(CARD.width)),
          property('og:image:height', String(CARD.height)),
          property('og:image:alt', title),
        ];
  return [
    property('og:type', 'article'),
    property('og:site_name', site.name),
    property('og:title', title),
    ...(description === '' ? [] : [property('og:description', description)]),
    property('og:locale', openGraphLocale(page.language)),
    ...(url === undefined ? [] : [property('og:url', url)]),
    ...image,
    property('article:published_time', page.firstPublishedAt),
    property('article:modified_time', page.updatedAt),
    meta('twitter:card', picture === undefined ? 'summary' : 'summary_large_image'),
  ];
}

/**
 * @param dates when each section of the body was begun, as far as that is known
 * @returns lines of the page's head
 */
export function metadataOf(page: PublishedPage, title: string, dates: SectionDates, context: PageContext): string[] {
  const { origin } = context;
  const path = documentPath(page.slug);
  const url = origin === undefined ? undefined : `${origin}${path}`;
  const isPublic = page.visibility === 'public';
  const picture = origin === undefined || !isPublic ? undefined : `${origin}${cardPath(page)}`;
  const described = { title, description: describe(page), url, picture };
  return [
    ...(described.description === '' ? [] : [meta('description', described.description)]),
    meta('author', page.author),
    ...(isPublic ? [] : [meta('robots', 'noindex')]),
    `<link rel="canonical" href="${escapeHtml(url ?? path)}">`,
    ...alternates(page, context, url),
    ...card(page, described, context),
    `<script type="application/ld+json">${jsonData(jsonLd(page, described, dates, context))}</script>`,
  ];
}
