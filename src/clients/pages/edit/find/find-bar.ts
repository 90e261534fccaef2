/**
 * Find and replace. The match in question is the text's selection: it stays with its words while co-authors write, and is
 * where the author goes on when the bar is closed.
 */
import type { Editor } from '@tiptap/core';
import { type EditorState, TextSelection, type Transaction } from '@tiptap/pm/state';
import { ySyncPluginKey, yUndoPluginKey } from '@tiptap/y-tiptap';
import { actions } from '../../../../messages/en/common.ts';
import { findBar as texts } from '../../../../messages/en/edit.ts';
import { number } from '../../../../messages/en/locale.ts';
import { fill, h } from '../../common/dom.ts';
import { icon } from '../../common/icons.ts';
import { isHighlighting, type Match, setHighlights } from './highlights.ts';
import { MAX_MATCHES, matchesOf, replaceMatches, type SearchOptions } from './matches.ts';
import { reveal } from './reveal.ts';

/** UTF-16 units; both fields. */
const MAX_LENGTH = 200;
/** Milliseconds without a change of the text after which it is searched again. */
const PAUSE_MS = 150;

export interface FindBar {
  readonly element: HTMLElement;
  show(withReplace: boolean): void;
  close(): void;
}

/** Words of one block that are selected: what the author probably looks for. */
function selectedWords({ doc, selection: { from, to, $from, $to } }: EditorState): string {
  return $from.sameParent($to) && to - from <= MAX_LENGTH ? doc.textBetween(from, to) : '';
}

function field(label: string, oninput?: () => void): HTMLInputElement {
  return h('input', {
    type: 'text',
    'aria-label': label,
    placeholder: label,
    maxlength: MAX_LENGTH,
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    enterkeyhint: 'search',
    oninput,
  });
}

export function createFindBar(editor: Editor): FindBar {
  const { view } = editor;
  let matches: readonly Match[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame: number | undefined;
  /** Where the search began: typing more of the word goes on from there, and not from the last match. */
  let anchor = 0;

  const search = field(texts.find, () => {
    refresh();
    select(firstFrom(anchor));
  });
  const replacement = field(texts.replace);
  const count = h('span', { class: 'find-count', 'aria-live': 'polite' });
  const toggle = (label: string) => {
    const button = h('button', { type: 'button', class: 'tool toggle', 'aria-pressed': 'false' }, label);
    button.addEventListener('click', () => {
      button.setAttribute('aria-pressed', String(!isOn(button)));
      refresh();
      select(firstFrom(anchor));
    });
    return button;
  };
  const isOn = (button: HTMLButtonElement) => button.getAttribute('aria-pressed') === 'true';
  const caseSensitive = toggle(texts.caseSensitive);
  const wholeWord = toggle(texts.wholeWord);

  const wanted = (): SearchOptions => ({
    search: search.value,
    caseSensitive: isOn(caseSensitive),
    wholeWord: isOn(wholeWord),
  });
  const activeIndex = () => {
    const { from, to } = view.state.selection;
    return matches.findIndex((match) => match.from === from && match.to === to);
  };

  function say(): void {
    const { length } = matches;
    const isMany = length >= MAX_MATCHES;
    const active = activeIndex();
    if (search.value === '') fill(count);
    else if (length === 0) fill(count, texts.none);
    else if (active >= 0) fill(count, texts.at(active + 1, isMany ? texts.many(length) : number(length)));
    else fill(count, isMany ? texts.manyMatches(length) : texts.count(length));
  }

  /** Searches the text as it is, and shows what was found. */
  function refresh(): void {
    clearTimeout(timer);
    if (frame !== undefined) cancelAnimationFrame(frame);
    frame = undefined;
    if (editor.isDestroyed) return;
    matches = matchesOf(view.state, wanted(), MAX_MATCHES);
    draw();
  }

  function draw(): void {
    view.dispatch(setHighlights(view.state.tr, matches, activeIndex()).setMeta('addToHistory', false));
    say();
  }

  /** Index of the first match from there on; the first of all behind the last. */
  function firstFrom(position: number): number {
    return Math.max(
      matches.findIndex(({ from }) => from >= position),
      0,
    );
  }

  function select(index: number): void {
    const match = matches[index];
    if (match === undefined) return;
    const selection = TextSelection.create(view.state.doc, match.from, match.to);
    view.dispatch(view.state.tr.setSelection(selection));
    draw();
    reveal(view, match.from);
  }

  function step(by: 1 | -1): void {
    refresh();
    if (matches.length === 0) return;
    const { from, to } = view.state.selection;
    const active = activeIndex();
    if (active >= 0) select((active + by + matches.length) % matches.length);
    else if (by > 0) select(firstFrom(to));
    else {
      const before = matches.findLastIndex((match) => match.to <= from);
      select(before < 0 ? matches.length - 1 : before);
    }
    anchor = view.state.selection.from;
  }

  function replaceOne(): void {
    refresh();
    const match = matches[activeIndex()];
    if (match === undefined) {
      step(1);
      return;
    }
    view.dispatch(replaceMatches(view.state, [match], replacement.value));
    refresh();
    select(firstFrom(match.from + replacement.value.length));
  }

  /** Undone by one undo: what was typed just before and after it is a change of its own. */
  function replaceAll(): void {
    const all = matchesOf(view.state, wanted());
    if (all.length === 0) return;
    const { undoManager } = yUndoPluginKey.getState(view.state) ?? {};
    undoManager?.stopCapturing();
    view.dispatch(replaceMatches(view.state, all, replacement.value));
    undoManager?.stopCapturing();
    refresh();
    fill(count, texts.replaced(all.length));
  }

  function close(): void {
    if (element.hidden) return;
    element.hidden = true;
    clearTimeout(timer);
    if (frame !== undefined) cancelAnimationFrame(frame);
    editor.off('transaction', follow);
    if (editor.isDestroyed) return;
    matches = [];
    view.dispatch(setHighlights(view.state.tr, [], -1).setMeta('addToHistory', false));
    view.focus();
  }

  function follow({ transaction }: { transaction: Transaction }): void {
    if (isHighlighting(transaction)) return;
    if (!transaction.docChanged) {
      if (transaction.selectionSet) say();
      return;
    }
    clearTimeout(timer);
    // What co-authors write comes as a whole new text, and takes the marks with it.
    if (transaction.getMeta(ySyncPluginKey) === undefined) timer = setTimeout(refresh, PAUSE_MS);
    else frame ??= requestAnimationFrame(refresh);
  }

  const tool = (label: string, name: 'up' | 'down' | 'close', run: () => void) =>
    h('button', { type: 'button', class: 'tool', 'aria-label': label, title: label, onclick: run }, icon(name));
  const action = (label: string, run: () => void) =>
    h('button', { type: 'button', class: 'button', onclick: run }, label);
  const replaceRow = h(
    'div',
    { class: 'find-row', hidden: true },
    replacement,
    action(texts.replaceOne, replaceOne),
    action(texts.replaceAll, replaceAll),
  );
  function showReplace(isShown: boolean): void {
    replaceRow.hidden = !isShown;
    replaceToggle.setAttribute('aria-expanded', String(isShown));
  }
  const replaceToggle = h(
    'button',
    {
      type: 'button',
      class: 'tool toggle',
      'aria-expanded': 'false',
      onclick: () => showReplace(replaceRow.hidden === true),
    },
    texts.showReplace,
  );
  const element = h(
    'form',
    {
      class: 'find-bar',
      role: 'search',
      'aria-label': texts.label,
      hidden: true,
      onsubmit: (event: SubmitEvent) => event.preventDefault(),
      onkeydown: (event: KeyboardEvent) => {
        if (event.isComposing) return;
        if (event.key === 'Escape') close();
        else if (event.key === 'Enter' && event.target === search) step(event.shiftKey ? -1 : 1);
        else if (event.key === 'Enter' && event.target === replacement) replaceOne();
        else return;
        event.preventDefault();
      },
    },
    h(
      'div',
      { class: 'find-row' },
      search,
      count,
      caseSensitive,
      wholeWord,
      replaceToggle,
      tool(texts.previous, 'up', () => step(-1)),
      tool(texts.next, 'down', () => step(1)),
      tool(actions.close, 'close', close),
    ),
    replaceRow,
  );

  return {
    element,
    show(withReplace) {
      const words = selectedWords(view.state);
      if (element.hidden) editor.on('transaction', follow);
      element.hidden = false;
      replaceToggle.hidden = !editor.isEditable;
      if (withReplace) showReplace(editor.isEditable);
      if (words !== '') search.value = words;
      anchor = view.state.selection.from;
      refresh();
      if (words === '') select(firstFrom(anchor));
      search.focus();
      search.select();
    },
    close,
  };
}
