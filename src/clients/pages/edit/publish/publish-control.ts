/**
 * The button that shows how the draft differs from what readers see, and the bar of a document that is on air. The dialog behind the
 * button is loaded when it is first opened.
 */
import type * as Y from 'yjs';
import type { Document } from '../../../../../schemas/http.ts';
import { dialog as texts } from '../../../../messages/en/publish.ts';
import type { Observable } from '../../../editor/index.ts';
import type { Api } from '../../common/api.ts';
import { confirm } from '../../common/confirm.ts';
import { h } from '../../common/dom.ts';
import type { PageStatus } from '../page-status.ts';
import { missingParts, missingText } from './missing-parts.ts';
import { createOnAir } from './on-air.ts';
import { createPublicationLoader } from './publication-loader.ts';
import type { PublishDialog, Standing } from './publish-dialog.ts';
import { buttonLabel, publishObstacle, publishStateOf, publishStateText } from './publish-state.ts';

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
  /** Where the dialog is, once it was opened. */
  readonly area: HTMLElement;
  /** Shown while readers see the draft. */
  readonly onAir: HTMLElement;
  /** Whether the user may publish at all. */
  setAllowed(allowed: boolean): void;
  /** Reads again how the document stands. */
  refresh(): void;
  close(): void;
}

export function createPublishControl(options: PublishControlOptions): PublishControl {
  const { api, documentId, ydoc, status, onDocument } = options;
  let isAllowed = false;
  let draftSeq = 0;
  let dialog: PublishDialog | null = null;

  const loader = createPublicationLoader(api, documentId);
  const refresh = () => loader.load();
  const onAir = createOnAir({ api, documentId, publication: loader.value, onChanged: refresh });
  const area = h('div', {});
  const button = h('button', {
    type: 'button',
    class: 'button publish',
    'aria-haspopup': 'dialog',
    onclick: () => void show(),
  });

  function standing(): Standing | null {
    const publication = loader.value.get();
    if (publication === null) return null;
    const value = status.get();
    if (value.kind === 'saved') draftSeq = value.seq;
    const hasUnsaved = 'unsaved' in value && value.unsaved > 0;
    const state = publishStateOf(publication, draftSeq, hasUnsaved);
    return { state, text: publishStateText(publication, state, Date.now()) };
  }

  function draw(): void {
    const document = loader.value.get()?.document;
    const stands = standing();
    button.hidden = !isAllowed || stands === null;
    if (document === undefined || stands === null) return;
    const isScheduled = document.scheduled !== null;
    button.textContent = buttonLabel(stands.state, isScheduled);
    button.dataset.standing = isScheduled ? 'scheduled' : stands.state;
    button.classList.toggle('primary', stands.state !== 'current' && !isScheduled);
    button.title = stands.text;
    onDocument(document);
  }

  const missing = () => missingText(missingParts(ydoc, loader.value.get()?.document.title ?? ''));

  async function show(): Promise<void> {
    const loaded = await import('./publish-dialog.ts').catch(() => null);
    if (!isAllowed) return;
    if (loaded === null) {
      const text = publishObstacle(status.get()) ?? texts.confirmLoadAgain.text;
      if (await confirm({ ...texts.confirmLoadAgain, text })) void show();
      return;
    }
    if (dialog === null) {
      dialog = loaded.createPublishDialog({ api, documentId, ydoc, status, loader, standing, missing });
      area.append(dialog.element);
    }
    if (!dialog.element.open) await dialog.show();
  }

  const stops = [status.subscribe(draw), loader.value.subscribe(draw)];
  draw();
  return {
    button,
    area,
    onAir: onAir.element,
    setAllowed(allowed) {
      if (isAllowed === allowed) return;
      isAllowed = allowed;
      onAir.setAllowed(allowed);
      if (!allowed) dialog?.element.close();
      draw();
    },
    refresh: () => void refresh(),
    close() {
      for (const stop of stops) stop();
      dialog?.close();
      onAir.close();
      loader.close();
      button.hidden = true;
    },
  };
}
