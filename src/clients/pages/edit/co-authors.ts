/** Who else is in the document: their initials in their colours, the same colours as their carets. */
import { page as texts } from '../../../messages/en/edit.ts';
import { fill, h } from '../common/dom.ts';
import { hueClass, initials } from '../common/people.ts';

/** As many are shown one by one; the others are counted. */
const SHOWN = 4;

interface AwarenessLike {
  readonly clientID: number;
  getStates(): Map<number, { [field: string]: unknown }>;
  on(event: 'change', listener: () => void): void;
  off(event: 'change', listener: () => void): void;
}

/** Handles of the others, each once, sorted. The handle is the one that the server stamped on the state (I4). */
export function coAuthorsOf(awareness: AwarenessLike, ownHandle: string): string[] {
  const handles = new Set<string>();
  for (const [clientId, { user }] of awareness.getStates()) {
    if (clientId === awareness.clientID || typeof user !== 'object' || user === null) continue;
    if ('handle' in user && typeof user.handle === 'string' && user.handle !== ownHandle) handles.add(user.handle);
  }
  return [...handles].sort();
}

export interface CoAuthorList {
  readonly element: HTMLElement;
  /** Whether it can be known at present who is here. */
  setKnown(known: boolean): void;
  close(): void;
}

export function createCoAuthorList(awareness: AwarenessLike, ownHandle: string): CoAuthorList {
  const element = h('ul', { class: 'presence', 'aria-label': texts.coAuthors });
  let drawn = '';
  let isKnown = true;

  function draw(): void {
    const handles = isKnown ? coAuthorsOf(awareness, ownHandle) : [];
    if (handles.join() === drawn) return;
    drawn = handles.join();
    const rest = handles.slice(SHOWN);
    element.hidden = handles.length === 0;
    fill(
      element,
      ...handles
        .slice(0, SHOWN)
        .map((handle) =>
          h(
            'li',
            { class: `avatar ${hueClass(handle)}`, title: handle },
            h('span', { 'aria-hidden': 'true' }, initials(handle)),
            h('span', { class: 'visually-hidden' }, handle),
          ),
        ),
      rest.length > 0 && h('li', { class: 'avatar more', title: rest.join(', ') }, `+${rest.length}`),
    );
  }
  awareness.on('change', draw);
  element.hidden = true;
  draw();
  return {
    element,
    setKnown(known) {
      isKnown = known;
      draw();
    },
    close: () => awareness.off('change', draw),
  };
}
