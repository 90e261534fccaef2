/** The list's filters: a state and a search. Kept in the address, so that a reload and the back button keep them. */
import { filters as texts } from '../../../messages/en/list.ts';
import { h } from '../common/dom.ts';
import { type ListFilters, listFiltersOf, MAX_SEARCH, STATES } from './list-filters.ts';

/** Milliseconds without a key after which the search starts. */
const SEARCH_DELAY_MS = 250;

export interface FilterBar {
  readonly element: HTMLElement;
  filters(): ListFilters;
}

/** @param onChange called when they change */
export function createFilterBar(onChange: () => void): FilterBar {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const find = h('input', {
    type: 'search',
    class: 'find',
    placeholder: texts.search,
    'aria-label': texts.search,
    maxlength: MAX_SEARCH,
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(apply, SEARCH_DELAY_MS);
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
    const { state = '', q = '' } = listFiltersOf(location.search);
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
        h('legend', { class: 'visually-hidden' }, texts.legend),
        ...states.map((s) => s.label),
      ),
    ),
    filters: () => listFiltersOf(location.search),
  };
}
