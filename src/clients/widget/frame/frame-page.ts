/**
 * A document in a frame on another site comes to life: follows the document as a widget does, without a cookie, and reports its
 * height. The page reads as well without it.
 *
 * I6: what is not public any more is taken off the page.
 */
import { missing } from '../../../messages/en/widget.ts';
import { createStatusDisplay } from '../../connection-status.ts';
import { fill, h } from '../../pages/common/dom.ts';
import { createArticleBody } from '../../viewer/article-body.ts';
import { createArticleFrame } from '../../viewer/article-frame.ts';
import type { WidgetPublication } from '../publication.ts';
import { subscriptionsAt } from '../servers.ts';
import { isDraft } from '../shown-document.ts';
import { reportHeight } from './report-height.ts';

/** After a revision, the draft of a live document follows so soon, milliseconds. */
const DRAFT_FOLLOWS_MS = 2_000;
const isHidden = new URLSearchParams(location.search).get('missing') === 'hide';

interface Shown {
  readonly revision: number;
  /** Of a draft. */
  readonly seq: number | null;
}

/** Keeps the article that the server wrote up to date; undefined: there is none. */
function articleIn(main: HTMLElement) {
  const header = main.querySelector<HTMLElement>('article > header');
  const prose = main.querySelector<HTMLElement>('.prose');
  if (!header || !prose) return undefined;
  const frame = createArticleFrame(main, header);
  const text = createArticleBody(prose, header);
  const status = createStatusDisplay(frame.setConnection);
  const { revision, seq } = main.dataset;
  let shown: Shown = { revision: Number(revision), seq: seq === undefined ? null : Number(seq) };
  let waiting: ReturnType<typeof setTimeout> | undefined;

  function show(publication: WidgetPublication): void {
    const next: Shown = { revision: publication.revision, seq: publication.seq ?? null };
    frame.setLive(isDraft(publication));
    if (next.revision === shown.revision && next.seq === shown.seq) return;
    const isNews = (next.seq === null) === (shown.seq === null);
    shown = next;
    frame.setTitle(publication.title, publication.summary);
    if (next.seq === null) frame.setPublished(publication.publishedAt);
    // How a draft differs from what was published is no change to mark.
    text.show([publication.html], isNews);
  }

  return {
    show(publication: WidgetPublication, lostAt: number): void {
      clearTimeout(waiting);
      const isBehind = shown.seq !== null && !isDraft(publication);
      if (isBehind) waiting = setTimeout(() => show(publication), DRAFT_FOLLOWS_MS);
      else show(publication);
      if (lostAt) status.lost(lostAt);
      else status.connected();
    },
    close(): void {
      clearTimeout(waiting);
      status.close();
    },
  };
}

function start(main: HTMLElement): void {
  const { slug = '', id } = main.dataset;
  let article = articleIn(main);
  subscriptionsAt(location.href).subscribe(slug, (publication, lostAt) => {
    if (publication) {
      // There was nothing to see, or it is another document's name now: the server has all of its page.
      if (!article || publication.id !== id) location.reload();
      else article.show(publication, lostAt);
      return;
    }
    article?.close();
    article = undefined;
    document.title = missing;
    fill(main, !isHidden && h('h1', { class: 'missing' }, missing));
  });
}

reportHeight();
const main = document.querySelector<HTMLElement>('main[data-slug]');
if (main) start(main);
