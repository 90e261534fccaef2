/**
 * What stands around the text: title, summary, times, whether it is live or the connection is gone, how many read now, and that there
 * is nothing any more.
 */
import { untitled } from '../../messages/en/common.ts';
import { LOCALE } from '../../messages/en/locale.ts';
import { page, frame as texts, updated as updatedText } from '../../messages/en/reading.ts';
import type { ConnectionStatus } from '../connection-status.ts';
import { h } from '../pages/common/dom.ts';
import { ago, clock } from '../pages/common/time.ts';

export interface ArticleFrame {
  setTitle(title: string, summary: string): void;
  /** @param at RFC 3339 */
  setPublished(at: string): void;
  setLive(live: boolean): void;
  /** @param currentAt when what is shown was last up to date, milliseconds since 1970 */
  setConnection(status: ConnectionStatus, currentAt: number): void;
  setReading(count: number): void;
  /** I6: nothing of the text stays. */
  showGone(article: HTMLElement): void;
}

/** How often relative times ("5 minutes ago") are updated. */
const MINUTE_MS = 60_000;
const RECENT_MS = 86_400_000;
/** Metadata of the document in the page's head. */
const DOCUMENT_METADATA =
  'meta[name="description"], meta[name="author"], meta[property], link[rel="canonical"], link[rel="alternate"], script[type$="json"]';

export function createArticleFrame(main: HTMLElement, header: HTMLElement): ArticleFrame {
  const heading = header.querySelector('h1');
  const byline = header.querySelector('.byline');
  const dates = byline?.querySelector('.dates');
  const live = byline?.querySelector<HTMLElement>('.live');
  const reading = h('span', { class: 'reading-now', hidden: true });
  byline?.append(reading);
  let readers = 0;
  let connection: ConnectionStatus = 'connected';
  let currentAt = 0;

  const statusText = (): string => {
    if (connection === 'connected') return page.live;
    return connection === 'reconnecting' ? texts.reconnecting : texts.lastUpdated(clock(currentAt, Date.now()));
  };

  function drawStatus(): void {
    // A single reader is the person who looks; how many read is not known without a connection.
    reading.hidden = readers < 2 || connection !== 'connected';
    reading.textContent = texts.readers(readers);
    if (!live) return;
    live.dataset.connection = connection;
    const text = statusText();
    // It is read aloud when it is written.
    if (live.textContent !== text) live.textContent = text;
  }

  /** Times of the last day are relative; the others stay as the server wrote them. */
  function drawTimes(): void {
    for (const time of dates?.querySelectorAll('time') ?? []) {
      const at = Date.parse(time.dateTime);
      const now = Date.now();
      if (now - at < RECENT_MS) time.textContent = ago(at, now);
      else if (time.dataset.relative !== undefined) time.textContent = ago(at, now);
      else continue;
      time.dataset.relative = '';
      time.title = new Date(at).toLocaleString(LOCALE);
    }
  }

  drawTimes();
  setInterval(() => {
    if (!document.hidden) drawTimes();
  }, MINUTE_MS);

  return {
    setTitle(given, summary) {
      const title = given.trim() === '' ? untitled : given;
      if (heading && heading.textContent !== title) heading.textContent = title;
      document.title = title;
      const present = header.querySelector('.summary');
      if (summary.trim() === '') present?.remove();
      else if (present) present.textContent = summary;
      else heading?.after(h('p', { class: 'summary', dir: 'auto' }, summary));
    },
    setPublished(at) {
      if (!dates) return;
      const [first, updated] = dates.querySelectorAll('time');
      if (updated) updated.dateTime = at;
      else if (first) first.after(updatedText, h('time', { datetime: at }));
      drawTimes();
    },
    setLive(isLive) {
      if (live) live.hidden = !isLive;
    },
    setConnection(status, at) {
      connection = status;
      currentAt = at;
      drawStatus();
    },
    setReading(count) {
      readers = count;
      drawStatus();
    },
    showGone(article) {
      document.title = texts.gone.title;
      for (const element of document.head.querySelectorAll(DOCUMENT_METADATA)) element.remove();
      main.className = 'notice';
      article.replaceWith(h('h1', {}, texts.gone.title), h('p', { role: 'status' }, texts.gone.text));
    },
  };
}
