/**
 * The reading page comes to life: follows its document, shows each new revision in place of the last one, and a live
 * document's draft as it is written. The page reads as well without it.
 *
 * I7: where it is, is the revision's number, and of a draft its position: whoever finds that something is missing asks
 * again. I6: what may not be read any more is taken off the page.
 */
import type { ErrorBody } from '../../../schemas/errors.ts';
import type { Live, LiveText, Reading, ViewedRevision, Watched } from '../../../schemas/viewer.ts';
import { connect } from './connection.ts';
import { createFrame } from './frame.ts';
import { createText } from './text.ts';

type Answer = Watched | { readonly ok: false; readonly error: ErrorBody };

/** Before the page asks again although nobody told it when, milliseconds. */
const ASK_AGAIN_MS = 2_000;
/** When a live text settles all of its readers ask: they spread over it, milliseconds. */
const SETTLE_MS = 1_000;
/** Answers after which asking again brings nothing. */
const GONE = 'not_found';

function start(main: HTMLElement, article: HTMLElement, header: HTMLElement, prose: HTMLElement): void {
  const { slug = '', id = '' } = main.dataset;
  const frame = createFrame(main, header);
  const text = createText(prose, header);
  let revision = Number(main.dataset.revision);
  /** The draft on the page; null: the page shows the revision. */
  let draft: LiveText | null = null;
  /** The published text has to come whole: the page shows another one. */
  let wantsWhole = false;
  let again: ReturnType<typeof setTimeout> | undefined;

  const connection = connect({ connected: () => void watch(), message });

  function watchIn(ms: number): void {
    clearTimeout(again);
    again = setTimeout(() => void watch(), ms);
  }

  async function watch(): Promise<void> {
    clearTimeout(again);
    const answer = (await connection.request('watch', { slug, id, since: wantsWhole ? 0 : revision })) as Answer;
    if (!answer.ok) {
      if (answer.error.code === GONE) showGone();
      else watchIn((answer.error.retryAfterMs ?? ASK_AGAIN_MS) * (1 + Math.random()));
      return;
    }
    frame.setReading(answer.reading);
    frame.setLive(answer.live);
    if (answer.draft) showDraft(answer.draft);
    else if (!answer.live && draft) settle();
  }

  function message(event: string, body: unknown): void {
    if ((body as { slug?: unknown } | undefined)?.slug !== slug) return;
    if (event === 'revision') showRevision(body as ViewedRevision);
    else if (event === 'live') showChange(body as Live);
    else if (event === 'reading') frame.setReading((body as Reading).count);
    else if (event === 'settled') settle();
    else if (event === 'gone') showGone();
  }

  function showRevision(news: ViewedRevision): void {
    // The name is another document's now: the server has all of its page.
    if (news.id !== id) {
      location.reload();
      return;
    }
    // I7: what is known already is not told again, unless it was asked for.
    if (news.revision < revision || (news.revision === revision && !wantsWhole)) return;
    revision = news.revision;
    frame.setPublished(news.publishedAt);
    if (draft) return;
    wantsWhole = false;
    frame.setTitle(news.title, news.summary);
    text.show([news.html], true);
  }

  function showDraft(next: LiveText): void {
    const isFirst = draft === null;
    draft = next;
    frame.setLive(true);
    frame.setTitle(next.title, next.summary);
    // How the draft differs from what was published before is no news.
    text.show(next.blocks, !isFirst);
  }

  function showChange({ seq, base, title, summary, splices }: Live): void {
    if (draft && base !== null && seq <= draft.seq) return;
    const before = base === null ? { seq: 0, title: '', summary: '', blocks: [] } : draft;
    if (before === null || (base !== null && before.seq !== base)) {
      void watch();
      return;
    }
    const blocks = [...before.blocks];
    for (const { at, remove, blocks: fresh } of splices) blocks.splice(at, remove, ...fresh);
    showDraft({ seq, title: title ?? before.title, summary: summary ?? before.summary, blocks });
  }

  function settle(): void {
    draft = null;
    wantsWhole = true;
    frame.setLive(false);
    watchIn(Math.random() * SETTLE_MS);
  }

  function showGone(): void {
    clearTimeout(again);
    connection.close();
    frame.showGone(article);
  }
}

const main = document.querySelector<HTMLElement>('main[data-slug]');
const article = main?.querySelector<HTMLElement>('article');
const header = article?.querySelector<HTMLElement>('header');
const prose = article?.querySelector<HTMLElement>('.prose');
if (main && article && header && prose) start(main, article, header, prose);
