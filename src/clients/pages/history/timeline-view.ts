/** The list of writing sessions and revisions, each a link to what it shows. */
import type { WritingSession } from '../../../../schemas/http.ts';
import { untitled } from '../../../messages/en/common.ts';
import { timeline as texts } from '../../../messages/en/history.ts';
import { fill, h } from '../common/dom.ts';
import { hueClass, initials } from '../common/people.ts';
import { clock } from '../common/time.ts';
import { authorsOf, MAX_NAMES, period } from './session-text.ts';
import type { Entry } from './timeline.ts';
import { searchOf, type View } from './view-address.ts';

export interface TimelineView {
  readonly element: HTMLElement;
  /** Shows the entries: those that it had, and older ones. */
  draw(entries: readonly Entry[], hasOlder: boolean): void;
  /** Marks the one that is shown. */
  select(entry: Entry | undefined): void;
}

export interface TimelineOptions {
  readonly onChoose: (view: Omit<View, 'show'>) => void;
  /** Settles when the next entries are drawn, or could not be read. */
  readonly onOlder: () => Promise<void>;
}

function avatars({ authors }: WritingSession): HTMLElement {
  const shown = authors.slice(0, MAX_NAMES);
  return h(
    'span',
    { class: 'authors', 'aria-hidden': 'true' },
    ...shown.map(({ handle }) => h('span', { class: `avatar ${hueClass(handle)}` }, initials(handle))),
  );
}

/** Which moment an entry leads to. */
const viewOf = (entry: Entry): Omit<View, 'show'> =>
  entry.kind === 'session' ? { at: entry.session.lastSeq } : { revision: entry.revision.number };

function content(entry: Entry, now: number): HTMLElement[] {
  if (entry.kind === 'session') {
    const { session } = entry;
    const when = period(session, now);
    return [
      avatars(session),
      h(
        'span',
        { class: 'about' },
        h('span', { class: 'title' }, authorsOf(session)),
        h('span', { class: 'details' }, `${when} · ${texts.edits(session.edits)}`),
      ),
    ];
  }
  const { number, title, publishedAt, publishedBy, current } = entry.revision;
  return [
    h(
      'span',
      { class: 'about' },
      h(
        'span',
        { class: 'title' },
        texts.revision(number),
        ' ',
        current && h('span', { class: 'badge' }, texts.current),
      ),
      h('span', { class: 'details', dir: 'auto' }, title === '' ? untitled : title),
      h('span', { class: 'details' }, texts.published(clock(Date.parse(publishedAt), now), publishedBy)),
    ),
  ];
}

export function createTimelineView({ onChoose, onOlder }: TimelineOptions): TimelineView {
  const links = new Map<string, HTMLAnchorElement>();
  const list = h('ol', { class: 'timeline' });
  const older = h('button', { type: 'button', class: 'button quiet', onclick: () => void showOlder() }, texts.older);

  async function showOlder(): Promise<void> {
    older.disabled = true;
    const shown = list.childElementCount;
    await onOlder();
    older.disabled = false;
    // The button may be gone, and what was asked for begins here.
    list.children[shown]?.querySelector('a')?.focus();
  }

  const keyOf = (entry: Entry) => searchOf({ ...viewOf(entry), show: 'changes' });

  function link(entry: Entry): HTMLAnchorElement {
    const made = h(
      'a',
      {
        href: keyOf(entry),
        class: `entry ${entry.kind}`,
        onclick: (event: MouseEvent) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          onChoose(viewOf(entry));
        },
      },
      ...content(entry, Date.now()),
    );
    links.set(keyOf(entry), made);
    return made;
  }

  return {
    element: h('nav', { class: 'past', 'aria-label': texts.label }, list, older),
    draw(entries, hasOlder) {
      fill(list, ...entries.map((entry) => h('li', {}, links.get(keyOf(entry)) ?? link(entry))));
      older.hidden = !hasOlder;
    },
    select(entry) {
      const chosen = entry && keyOf(entry);
      for (const [key, one] of links) {
        if (key === chosen) one.setAttribute('aria-current', 'true');
        else one.removeAttribute('aria-current');
      }
    },
  };
}
