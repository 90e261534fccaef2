/**
 * The draft as readers would see it, before it is published: the page at the width of a desktop and of a phone, and the card
 * that other sites make of its link. Loaded when it is first shown.
 *
 * The page is the server's own HTML, in a frame that runs nothing and has no rights of this origin; it inherits this page's
 * content policy.
 */
import type { Visibility } from '../../../../../schemas/http.ts';
import { actions } from '../../../../messages/en/common.ts';
import { preview as texts } from '../../../../messages/en/publish.ts';
import type { Api } from '../../common/api.ts';
import { fill, h } from '../../common/dom.ts';
import { problemText } from '../../common/problem-text.ts';
import { siteOrigin } from '../../common/site.ts';

export interface PreviewOptions {
  readonly api: Pick<Api, 'draftPreview'>;
  readonly documentId: string;
  /** Null: nobody has chosen yet. */
  readonly visibility: Visibility | null;
  /** Settles when the draft is saved; otherwise with the reason why it is not. */
  readonly saved: (
    signal: AbortSignal,
  ) => Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: string }>;
}

type View = 'desktop' | 'phone' | 'card';

/** Width and height of what readers look at, in pixels. */
const SCREENS: Readonly<Record<Exclude<View, 'card'>, readonly [width: number, height: number]>> = {
  desktop: [1280, 800],
  phone: [390, 700],
};
const VIEWS: readonly View[] = ['desktop', 'phone', 'card'];

/** The page without what the frame does not run, and with links that lead nowhere. */
function frameHtml(page: globalThis.Document): string {
  for (const script of page.querySelectorAll('script')) script.remove();
  const base = page.createElement('base');
  // The frame opens no windows.
  base.target = '_blank';
  page.head.prepend(base);
  return `<!doctype html>${page.documentElement.outerHTML}`;
}

function cardOf(page: globalThis.Document, visibility: Visibility | null): HTMLElement {
  if (visibility === 'private') return h('p', { class: 'hint' }, texts.privateCard);
  const tag = (name: string) => page.querySelector<HTMLMetaElement>(`meta[property="og:${name}"]`)?.content ?? '';
  const description = tag('description');
  const name = tag('site_name');
  const host = new URL(siteOrigin()).host;
  return h(
    'div',
    {},
    h(
      'div',
      { class: 'social-card', lang: page.documentElement.lang },
      h('p', { class: 'social-card-site' }, name === '' ? host : `${name} · ${host}`),
      h('p', { class: 'social-card-title', dir: 'auto' }, tag('title')),
      description !== '' && h('p', { class: 'social-card-text', dir: 'auto' }, description),
    ),
    h('p', { class: 'hint' }, texts.cardHint),
  );
}

/** Resolves when it is closed. */
export function showPreview({ api, documentId, visibility, saved }: PreviewOptions): Promise<void> {
  const closed = new AbortController();
  let view: View = 'desktop';
  let card: HTMLElement | null = null;
  const error = h('p', { class: 'error', role: 'alert' });
  const heading = h('h2', { id: 'preview-title' }, texts.title);
  const frame = h('iframe', { class: 'preview-frame', title: texts.page, sandbox: '', tabindex: 0 });
  const stage = h('div', { class: 'preview-stage' }, h('p', { class: 'hint' }, texts.loading));
  const choices = VIEWS.map((value) =>
    h(
      'label',
      { class: 'preview-view' },
      h('input', {
        type: 'radio',
        name: 'preview-view',
        value,
        checked: value === view,
        onchange: () => {
          view = value;
          draw();
        },
      }),
      texts[value],
    ),
  );
  const element = h(
    'dialog',
    { class: 'dialog wide-dialog', 'aria-labelledby': heading.id },
    heading,
    h('fieldset', { class: 'preview-views' }, h('legend', { class: 'visually-hidden' }, texts.views), ...choices),
    error,
    stage,
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'button', class: 'button', onclick: () => element.close() }, actions.close),
    ),
  );

  function draw(): void {
    if (card === null) return;
    frame.hidden = view === 'card';
    card.hidden = view !== 'card';
    if (view === 'card') {
      stage.style.height = '';
      return;
    }
    const [width, height] = SCREENS[view];
    const scale = Math.min(stage.clientWidth / width, 1);
    // By the object model: the policy of this page takes no inline style.
    frame.style.width = `${width}px`;
    frame.style.height = `${height}px`;
    frame.style.scale = String(scale);
    frame.style.insetInlineStart = `${(stage.clientWidth - width * scale) / 2}px`;
    stage.style.height = `${height * scale}px`;
  }

  async function load(): Promise<void> {
    const outcome = await saved(closed.signal);
    const answer = outcome.ok ? await api.draftPreview(documentId) : undefined;
    if (closed.signal.aborted) return;
    if (!answer?.ok) {
      fill(stage);
      fill(error, outcome.ok ? answer !== undefined && problemText(answer.problem) : outcome.reason);
      return;
    }
    // Parsed, it runs and loads nothing.
    const page = new DOMParser().parseFromString(answer.value, 'text/html');
    card = cardOf(page, visibility);
    frame.srcdoc = frameHtml(page);
    fill(stage, frame, card);
    draw();
  }

  return new Promise((resolve) => {
    element.addEventListener('close', () => {
      closed.abort();
      window.removeEventListener('resize', draw);
      element.remove();
      resolve();
    });
    window.addEventListener('resize', draw);
    document.body.append(element);
    element.showModal();
    void load();
  });
}
