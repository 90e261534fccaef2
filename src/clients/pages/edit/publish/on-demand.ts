/** Dialogs over the one that publishes. Each is loaded when it is first opened, which can fail: then a sentence says so. */
import { compare, preview, dialog as texts } from '../../../../messages/en/publish.ts';
import type { Observable } from '../../../editor/index.ts';
import type { Api } from '../../common/api.ts';
import type { PageStatus } from '../page-status.ts';
import { type DraftPublication, whenSaved } from './publish-state.ts';
import type { Visibility } from './visibility.ts';

export interface OnDemandOptions {
  readonly api: Api;
  readonly documentId: string;
  readonly status: Observable<PageStatus>;
  readonly publication: Observable<DraftPublication | null>;
  readonly visibility: Pick<Visibility, 'chosen' | 'settled'>;
  /** Called with the sentence. */
  readonly onUnavailable: (text: string) => void;
}

export interface OnDemand {
  showComparison(): Promise<void>;
  showPreview(): Promise<void>;
  showEmbed(): Promise<void>;
}

export function createOnDemand(options: OnDemandOptions): OnDemand {
  const { api, documentId, status, publication, visibility, onUnavailable } = options;
  const saved = (signal: AbortSignal) => whenSaved(status, signal);

  async function open<Part>(loading: Promise<Part>, unavailable: string, show: (part: Part) => unknown): Promise<void> {
    const part = await loading.catch(() => null);
    if (part === null) onUnavailable(unavailable);
    else await show(part);
  }

  return {
    showComparison: () =>
      open(import('./compare-dialog.ts'), compare.unavailable, ({ showComparison }) =>
        showComparison({ api, documentId, language: publication.get()?.document.language ?? '', saved }),
      ),
    showPreview: () =>
      open(import('./preview-dialog.ts'), preview.unavailable, async ({ showPreview }) => {
        await visibility.settled();
        await showPreview({ api, documentId, visibility: visibility.chosen(), saved });
      }),
    showEmbed: () =>
      open(import('./embed-dialog.ts'), texts.embedUnavailable, ({ showEmbed }) => {
        const document = publication.get()?.document;
        if (document) showEmbed(document);
      }),
  };
}
