/** How much what is published is read: views in all, different readers today, and those of the last days as bars. */
import type { Document, DocumentStats } from '../../../../../schemas/http.ts';
import { counts } from '../../../../messages/en/common.ts';
import { number } from '../../../../messages/en/locale.ts';
import { readership as texts } from '../../../../messages/en/publish.ts';
import type { Api } from '../../common/api.ts';
import { viewsOf } from '../../common/counts.ts';
import { fill, h } from '../../common/dom.ts';
import { type ReaderDay, readerDays } from './reader-days.ts';

const DAYS = 14;

export interface ReadershipOptions {
  readonly api: Pick<Api, 'stats'>;
  readonly documentId: string;
}

export interface Readership {
  readonly element: HTMLElement;
  /** Reads the counts again. What cannot be read now stays as it was. */
  load(): Promise<void>;
  show(document: Document): void;
}

/** A count, in large digits, among its words. */
function figure(count: number, words: string): HTMLElement {
  const digits = number(count);
  const [before = '', after] = words.split(digits, 2);
  if (after === undefined) return h('p', { class: 'figure' }, words);
  return h('p', { class: 'figure' }, before, h('b', {}, digits), after);
}

function bar({ name, readers }: ReaderDay, most: number): HTMLElement {
  const words = texts.day(name, counts.readers(readers));
  const filled = h('span', { class: readers === 0 ? 'day-bar none' : 'day-bar', 'aria-hidden': 'true' });
  // Not an attribute: the page's policy takes no inline styles.
  filled.style.height = `${most === 0 ? 0 : (readers / most) * 100}%`;
  return h('li', { title: words }, filled, h('span', { class: 'visually-hidden' }, words));
}

export function createReadership({ api, documentId }: ReadershipOptions): Readership {
  let stats: DocumentStats | null = null;
  let views: number | null = null;
  const element = h('section', { class: 'readership', 'aria-label': texts.label, hidden: true });

  function draw(): void {
    element.hidden = views === null || stats === null;
    if (stats === null) return;
    const days = readerDays(stats, Date.now(), DAYS);
    const today = days.at(-1)?.readers ?? 0;
    const most = Math.max(...days.map(({ readers }) => readers));
    const bars = days.map((day) => bar(day, most));
    const caption = [days[0]?.name ?? '', texts.perDay, texts.today].map((words) => h('span', {}, words));
    fill(
      element,
      h(
        'div',
        {},
        figure(stats.views, counts.views(stats.views)),
        figure(today, texts.readersToday(counts.readers(today))),
      ),
      h(
        'div',
        { class: 'by-day' },
        h('ol', { class: 'days', 'aria-label': texts.perDayOf(DAYS) }, ...bars),
        h('p', { class: 'days-caption', 'aria-hidden': 'true' }, ...caption),
      ),
    );
  }

  return {
    element,
    async load() {
      const answer = await api.stats(documentId);
      if (answer.ok) stats = answer.value;
      draw();
    },
    show(document) {
      views = viewsOf(document);
      element.hidden = views === null || stats === null;
    },
  };
}
