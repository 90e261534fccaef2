/**
 * The reading page comes to life: follows its document, shows each new revision in place of the last one, and a live
 * document's draft as it is written. Of a live document it says when the connection is gone. The page reads as well without it.
 *
 * I6: what may not be read any more is taken off the page.
 */
import { createStatusDisplay } from '../connection-status.ts';
import { onVisibilityChange } from '../visibility.ts';
import { createArticleBody } from './article-body.ts';
import { createArticleFrame } from './article-frame.ts';
import { watchPublication } from './publication.ts';

function start(main: HTMLElement, article: HTMLElement, header: HTMLElement, prose: HTMLElement): void {
  const { slug = '', id = '', seq } = main.dataset;
  const frame = createArticleFrame(main, header);
  const text = createArticleBody(prose, header);
  const status = createStatusDisplay(frame.setConnection);
  let showsDraft = seq !== undefined;
  onVisibilityChange(status.refresh);

  watchPublication({
    slug,
    known: { id, revision: Number(main.dataset.revision), ...(seq !== undefined && { seq: Number(seq) }) },
    onConnection(isCurrent, currentAt) {
      if (isCurrent) status.connected();
      else status.lost(currentAt);
    },
    onStatus({ live, readers }) {
      frame.setLive(live);
      frame.setReading(readers);
    },
    onRevision(revision) {
      // The name is another document's now: the server has all of its page.
      if (revision.id !== id) {
        location.reload();
        return;
      }
      frame.setPublished(revision.publishedAt);
      if (showsDraft) return;
      frame.setTitle(revision.title, revision.summary);
      text.show([revision.html], true);
    },
    onLive(draft) {
      const isFirst = !showsDraft;
      showsDraft = draft !== null;
      if (!draft) return;
      frame.setTitle(draft.title, draft.summary);
      // How the draft differs from what was published before is no change to mark.
      text.show(draft.blocks, !isFirst);
    },
    onGone() {
      status.close();
      frame.showGone(article);
    },
  });
}

const main = document.querySelector<HTMLElement>('main[data-slug]');
const article = main?.querySelector<HTMLElement>('article');
const header = article?.querySelector<HTMLElement>('header');
const prose = article?.querySelector<HTMLElement>('.prose');
if (main && article && header && prose) start(main, article, header, prose);
