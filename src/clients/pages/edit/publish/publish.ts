/**
 * The button that shows how the draft differs from what readers see, and the dialog behind it. What is published is what its
 * author sees: it waits until everything is saved and names that position, so that a co-author's change of that moment is
 * not published unseen.
 */
import type * as Y from 'yjs';
import type { Document } from '../../../../../schemas/http.ts';
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
import { missingParts, missingText } from './missing-parts.ts';
import { createOnAir } from './on-air.ts';
import { createOnDemand } from './on-demand.ts';
import { createPublicationLoader } from './publication-loader.ts';
import { buttonLabel, publishObstacle, publishStateOf, publishStateText, whenSaved } from './publish-state.ts';
import { createReadership } from './readership.ts';
import { createSchedule } from './schedule.ts';
import { createSummary } from './summary.ts';
import { createVisibility } from './visibility.ts';

export interface PublishControlOptions {
  readonly api: Api;
  readonly documentId: string;
  readonly ydoc: Y.Doc;
  readonly status: Observable<PageStatus>;
  /** Called with the document whenever it was read. */
  readonly onDocument: (document: Document) => void;
}

export interface PublishControl {
  /** For the page's header; hidden until it is known how the document stands. */
  readonly button: HTMLButtonElement;
  readonly dialog: HTMLDialogElement;
  /** Shown while readers see the draft. */
  readonly onAir: HTMLElement;
  /** Whether the user may publish at all. */
  setAllowed(allowed: boolean): void;
  /** Reads again how the document stands. */
  refresh(): void;
  close(): void;
}

export function createPublishControl({
  api,
  documentId,
  ydoc,
  status,
  onDocument,
}: PublishControlOptions): PublishControl {
  let isAllowed = false;
  let isBusy = false;
  let draftSeq = 0;
  let giveUp = new AbortController();

  const loader = createPublicationLoader(api, documentId);
  const refresh = () => loader.load();
  const summary = createSummary(ydoc, 'publish-summary');
  const address = createAddress({ api, documentId, onChanged: refresh });
  const visibility = createVisibility({ api, documentId, onChanged: refresh });
  const onAir = createOnAir({ api, documentId, publication: loader.value, onChanged: refresh });
  const readership = createReadership({ api, documentId });
  const language = createLanguageField({ api, documentId, onChanged: refresh });
  const live = createLive({ api, documentId, onChanged: refresh });
  const schedule = createSchedule({ api, documentId, onChanged: refresh });
  const dialogs = createOnDemand({
    api,
    documentId,
    status,
    publication: loader.value,
    visibility,
    onUnavailable: (text) => fill(error, text),
  });
  const button = h('button', {
    type: 'button',
    class: 'button publish',
    'aria-haspopup': 'dialog',
    onclick: () => show(),
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
    if (value.kind === 'saved') draftSeq = value.seq;
    button.hidden = !isAllowed || publication === null;
    const reason = publishObstacle(value);
    body.hidden = publication === null;
    past.hidden = publication === null;
    now.disabled = true;
    unpublish.hidden = true;
    embed.hidden = true;
    if (publication === null) return;
    const { document } = publication;
    const hasUnsaved = 'unsaved' in value && value.unsaved > 0;
    const standing = publishStateOf(publication, draftSeq, hasUnsaved);
    button.textContent = buttonLabel(standing, document.scheduled !== null);
    button.dataset.standing = document.scheduled === null ? standing : 'scheduled';
    button.classList.toggle('primary', standing !== 'current' && document.scheduled === null);
    state.textContent = publishStateText(publication, standing, Date.now());
    button.title = state.textContent;
    readership.show(document);
    address.show(document);
    visibility.show(publication);
    language.show(document);
    live.show(document);
    onDocument(document);
    schedule.show(document);
    const unchosen = visibility.chosen() === null ? visibilityTexts.choose : null;
    const isAway = value.kind === 'offline' || value.kind === 'signed-out';
    schedule.setObstacle(isAway ? reason : unchosen);
    // Read only while it is seen: this runs after each key.
    warning.textContent = dialog.open ? missingText(missingParts(ydoc, document.title)) : '';
    summary.setEditable(isAllowed);
    now.textContent = texts.action[standing];
    now.disabled = isBusy || reason !== null || unchosen !== null || standing === 'current';
    compare.hidden = standing !== 'changed';
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

  async function publish(): Promise<void> {
    const title = loader.value.get()?.document.title ?? '';
    const missing = missingText(missingParts(ydoc, title));
    if (missing !== '' && !(await confirm({ ...texts.confirmIncomplete, title: missing }))) return;
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
  draw();
  return {
    button,
    dialog,
    onAir: onAir.element,
    setAllowed(allowed) {
      if (isAllowed === allowed) return;
      isAllowed = allowed;
      onAir.setAllowed(allowed);
      if (!allowed) dialog.close();
      draw();
    },
    refresh: () => void refresh(),
    close() {
      for (const stop of stops) stop();
      dialog.close();
      onAir.close();
      loader.close();
      summary.close();
      button.hidden = true;
    },
  };
}
