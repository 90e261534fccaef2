/**
 * The dialog that publishes, loaded when it is first opened. What is published is what its author sees: it waits until everything is
 * saved and names that position, so that a co-author's change of that moment is not published unseen.
 */
import type * as Y from 'yjs';
import { actions } from '../../../../messages/en/common.ts';
import {
  compare as compareTexts,
  preview as previewTexts,
  published,
  dialog as texts,
  visibility as visibilityTexts,
} from '../../../../messages/en/publish.ts';
import type { Observable } from '../../../editor/index.ts';
import type { Answer, Api } from '../../common/api.ts';
import { confirm } from '../../common/confirm.ts';
import { fill, h } from '../../common/dom.ts';
import { problemText } from '../../common/problem-text.ts';
import type { PageStatus } from '../page-status.ts';
import { createAddress } from './address.ts';
import { createLanguageField } from './language.ts';
import { createLive } from './live.ts';
import { createOnDemand } from './on-demand.ts';
import type { PublicationLoader } from './publication-loader.ts';
import { type PublishState, publishObstacle, whenSaved } from './publish-state.ts';
import { createReadership } from './readership.ts';
import { createSchedule } from './schedule.ts';
import { createSummary } from './summary.ts';
import { createVisibility } from './visibility.ts';

/** How the draft stands to what readers see. */
export interface Standing {
  readonly state: PublishState;
  /** The same in a sentence. */
  readonly text: string;
}

export interface PublishDialogOptions {
  readonly api: Api;
  readonly documentId: string;
  readonly ydoc: Y.Doc;
  readonly status: Observable<PageStatus>;
  readonly loader: PublicationLoader;
  /** As it is now; null while it is not known. */
  readonly standing: () => Standing | null;
  /** What readers would miss, in a sentence; empty when nothing is. Reads the text: not for every key. */
  readonly missing: () => string;
}

export interface PublishDialog {
  readonly element: HTMLDialogElement;
  show(): Promise<void>;
  close(): void;
}

export function createPublishDialog(options: PublishDialogOptions): PublishDialog {
  const { api, documentId, ydoc, status, loader, standing, missing } = options;
  let isBusy = false;
  let giveUp = new AbortController();

  const refresh = () => loader.load();
  const summary = createSummary(ydoc, 'publish-summary');
  const address = createAddress({ api, documentId, onChanged: refresh });
  const visibility = createVisibility({ api, documentId, onChanged: refresh });
  const readership = createReadership({ api, documentId });
  const language = createLanguageField({ api, documentId, onChanged: refresh });
  const live = createLive({ api, documentId, onChanged: refresh });
  const schedule = createSchedule({ api, documentId, onChanged: refresh, confirmIncomplete });
  const dialogs = createOnDemand({
    api,
    documentId,
    status,
    publication: loader.value,
    visibility,
    onUnavailable: (text) => fill(error, text),
  });
  const heading = h('h2', { id: 'publish-title', tabindex: -1 }, texts.title);
  const state = h('p', { class: 'standing' });
  /** Shown after a publication, in the place of the settings. */
  const done = h('div', { class: 'publish-done', hidden: true });
  const error = h('p', { class: 'error', role: 'alert' });
  const warning = h('p', { class: 'warning' });
  const hint = h('p', { class: 'hint', id: 'publish-hint', 'aria-live': 'polite' });
  const now = h('button', {
    type: 'button',
    class: 'button primary',
    'aria-describedby': hint.id,
    onclick: () => void publish(),
  });
  const unpublish = h(
    'button',
    { type: 'button', class: 'button quiet', onclick: () => void takeBack() },
    texts.unpublish,
  );
  const compare = h(
    'button',
    { type: 'button', class: 'button', hidden: true, onclick: () => void dialogs.showComparison() },
    compareTexts.button,
  );
  const preview = h(
    'button',
    { type: 'button', class: 'button', onclick: () => void dialogs.showPreview() },
    previewTexts.button,
  );
  const embed = h(
    'button',
    { type: 'button', class: 'button quiet', onclick: () => void dialogs.showEmbed() },
    texts.embed,
  );
  const past = h('a', { class: 'button quiet', href: `/edit/${documentId}/history` }, texts.history);
  const body = h(
    'div',
    { class: 'publish-parts' },
    visibility.element,
    h('div', { class: 'field' }, h('label', { for: summary.element.id }, texts.summary), summary.element),
    address.element,
    language.element,
    live.element,
    schedule.element,
  );
  const settings = h(
    'div',
    {},
    compare,
    readership.element,
    body,
    h(
      'div',
      { class: 'publish-foot' },
      warning,
      error,
      hint,
      h(
        'div',
        { class: 'actions' },
        h('span', { class: 'aside' }, past, embed, unpublish),
        preview,
        h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, actions.close),
        now,
      ),
    ),
  );
  const dialog = h(
    'dialog',
    { class: 'dialog publish-dialog', 'aria-labelledby': 'publish-title' },
    heading,
    state,
    done,
    settings,
  );
  dialog.addEventListener('click', (event) => {
    // The dialog itself is hit only outside its content: on its backdrop.
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => giveUp.abort());

  function draw(): void {
    const publication = loader.value.get();
    const value = status.get();
    const reason = publishObstacle(value);
    body.hidden = publication === null;
    past.hidden = publication === null;
    now.disabled = true;
    unpublish.hidden = true;
    embed.hidden = true;
    const stands = standing();
    if (publication === null || stands === null) return;
    const { document } = publication;
    state.textContent = stands.text;
    readership.show(document);
    address.show(document);
    visibility.show(publication);
    language.show(document);
    live.show(document);
    schedule.show(document);
    const unchosen = visibility.chosen() === null ? visibilityTexts.choose : null;
    const isAway = value.kind === 'offline' || value.kind === 'signed-out';
    schedule.setObstacle(isAway ? reason : unchosen);
    // Read only while it is seen: this runs after each key.
    warning.textContent = dialog.open ? missing() : '';
    now.textContent = texts.action[stands.state];
    now.disabled = isBusy || reason !== null || unchosen !== null || stands.state === 'current';
    compare.hidden = stands.state !== 'changed';
    unpublish.hidden = document.published === null;
    embed.hidden = document.published === null;
    unpublish.disabled = isBusy || isAway;
    hint.textContent = reason ?? unchosen ?? (isBusy && value.kind === 'saving' ? texts.waiting : '');
  }

  /** Does one thing at a time, and shows its outcome. Resolves with whether it was done. */
  async function run(action: () => Promise<Answer<unknown> | string>): Promise<boolean> {
    if (isBusy) return false;
    isBusy = true;
    fill(error);
    draw();
    const answer = await action();
    await refresh();
    isBusy = false;
    if (typeof answer === 'string') fill(error, answer);
    else if (!answer.ok) {
      const isOvertaken = answer.problem.code === 'precondition_failed';
      fill(error, isOvertaken ? texts.overtaken : problemText(answer.problem));
    }
    draw();
    return typeof answer !== 'string' && answer.ok;
  }

  async function confirmIncomplete(): Promise<boolean> {
    const lacks = missing();
    return lacks === '' || (await confirm({ ...texts.confirmIncomplete, title: lacks }));
  }

  async function publish(): Promise<void> {
    if (!(await confirmIncomplete())) return;
    const isPublished = await run(async () => {
      await visibility.settled();
      if (visibility.chosen() === null) return visibilityTexts.choose;
      const saved = await whenSaved(status, giveUp.signal);
      return saved.ok ? api.publish(documentId, saved.seq) : saved.reason;
    });
    if (isPublished) await showPublished();
  }

  function showSettings(): void {
    done.hidden = true;
    fill(done);
    settings.hidden = false;
    heading.textContent = texts.title;
  }

  /** What the author can do with what is published now. */
  async function showPublished(): Promise<void> {
    // Without it, the settings say that it is published.
    const loaded = await import('./published-panel.ts').catch(() => null);
    const document = loader.value.get()?.document;
    if (loaded === null || !document?.published || !dialog.open) return;
    const back = () => {
      showSettings();
      heading.focus();
    };
    fill(done, loaded.publishedPanel(document, { back, close: () => dialog.close() }));
    done.hidden = false;
    settings.hidden = true;
    heading.textContent = published.title;
    heading.focus();
  }

  async function takeBack(): Promise<void> {
    const isConfirmed = await confirm(texts.confirmUnpublish);
    if (isConfirmed) await run(() => api.unpublish(documentId));
  }

  async function show(): Promise<void> {
    fill(error);
    giveUp = new AbortController();
    showSettings();
    dialog.showModal();
    draw();
    void readership.load();
    const problem = await refresh();
    if (problem !== null && problem.code !== 'unreachable') fill(error, problemText(problem));
  }

  const stops = [status.subscribe(draw), loader.value.subscribe(draw)];
  return {
    element: dialog,
    show,
    close() {
      for (const stop of stops) stop();
      dialog.close();
      summary.close();
    },
  };
}
