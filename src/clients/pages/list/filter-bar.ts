/** Which documents are wanted: a state and words to find. Kept in the address, so that a reload and the back button hold. */
import { h } from '../common/dom.ts';
import { MAX_WORDS, STATES, type Wanted, wantedIn } from './list-filters.ts';

/** Milliseconds without a key after which the words are looked for. */
const PAUSE_MS = 250;
export interface Filters {
  readonly element: HTMLElement;
  wanted(): Wanted;
}

/** @param onChange called when something else is wanted */
export function createFilters(onChange: () => void): Filters {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const find = h('input', {
    type: 'search',
    class: 'find',
    placeholder: 'Search titles and text',
    'aria-label': 'Search titles and text',
    maxlength: MAX_WORDS,
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(apply, PAUSE_MS);
    },
  });
  const states = STATES.map(([value, name]) => {
    const input = h('input', {
      type: 'radio',
      name: 'state',
      value,
      class: 'visually-hidden',
      onchange: () => apply(),
    });
    return { value, input, label: h('label', { class: 'state' }, input, h('span', { class: 'state-name' }, name)) };
  });

  function draw(): void {
    const { state = '', q = '' } = wantedIn(location.search);
    if (find.value.trim() !== q) find.value = q;
    for (const { value, input } of states) input.checked = value === state;
  }

  function apply(): void {
    clearTimeout(timer);
    const query = new URLSearchParams();
    const state = states.find(({ input }) => input.checked)?.value ?? '';
    if (state !== '') query.set('state', state);
    if (find.value.trim() !== '') query.set('q', find.value.trim());
    history.replaceState(null, '', query.size === 0 ? location.pathname : `?${query}`);
    onChange();
  }

  draw();
  return {
    element: h(
      'div',
      { class: 'filters' },
      find,
      h(
        'fieldset',
        { class: 'states' },
        h('legend', { class: 'visually-hidden' }, 'Show'),
        ...states.map((s) => s.label),
      ),
    ),
    wanted: () => wantedIn(location.search),
  };
}
