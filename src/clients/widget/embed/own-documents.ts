/**
 * The documents that an author can embed, on the page that makes the code: published, public, newest first. Who is not signed in on
 * this device is not asked for, and gets a link to sign in.
 */
import type { Document } from '../../../../schemas/http.ts';
import { untitled } from '../../../messages/en/common.ts';
import { own as texts } from '../../../messages/en/embed.ts';
import { api } from '../../pages/common/api.ts';
import { copyButton } from '../../pages/common/copy-button.ts';
import { rememberedUser } from '../../pages/common/device-memory.ts';
import { fill, h } from '../../pages/common/dom.ts';
import { problemText } from '../../pages/common/problem-text.ts';
import { signInHref } from '../../pages/common/session.ts';

export interface OwnDocumentsOptions {
  readonly onChoose: (slug: string) => void;
  /** Selects the code of the chosen document. */
  readonly selectCode: () => void;
  readonly codeOf: (slug: string, title: string) => string;
}

export interface OwnDocuments {
  readonly element: HTMLElement;
  /** Marks the document that is chosen. */
  setChosen(slug: string | undefined): void;
}

/** Documents that are read at once. */
const PAGE = 20;

export function createOwnDocuments({ onChoose, selectCode, codeOf }: OwnDocumentsOptions): OwnDocuments {
  let next: string | undefined;
  let chosen: string | undefined;
  const names = new Map<string, HTMLElement>();
  const rows = h('ul', { class: 'own-rows' });
  const status = h('p', { class: 'hint', role: 'status' });
  const more = h('button', { class: 'button', type: 'button', hidden: true, onclick: () => void load() }, texts.more);
  const heading = h('h2', { id: 'own-documents' }, texts.heading);
  const element = h('section', { class: 'own', 'aria-labelledby': heading.id }, heading, rows, status, more);

  function draw(): void {
    for (const [slug, name] of names) name.setAttribute('aria-pressed', String(slug === chosen));
  }

  function add({ slug, title }: Document): void {
    const name = h(
      'button',
      { class: 'own-name', type: 'button', dir: 'auto', onclick: () => onChoose(slug) },
      title.trim() === '' ? untitled : title,
    );
    names.set(slug, name);
    const copy = copyButton({
      label: texts.copy,
      text: () => codeOf(slug, title),
      // Over plain HTTP there is no clipboard: the code can be copied from its box.
      select() {
        onChoose(slug);
        selectCode();
      },
    });
    rows.append(h('li', {}, name, copy));
  }

  const showSignIn = () => fill(status, h('a', { href: signInHref(location) }, texts.signIn));

  async function load(): Promise<void> {
    more.disabled = true;
    const answer = await api.documents({
      state: 'published',
      visibility: 'public',
      limit: PAGE,
      ...(next === undefined ? {} : { after: next }),
    });
    more.disabled = false;
    if (!answer.ok) {
      if (answer.problem.status === 401) showSignIn();
      else fill(status, problemText(answer.problem));
      return;
    }
    for (const document of answer.value.documents) add(document);
    next = answer.value.next;
    more.hidden = next === undefined;
    fill(status, names.size === 0 && texts.empty);
    draw();
  }

  if (rememberedUser() === null) showSignIn();
  else void load();
  return {
    element,
    setChosen(slug) {
      chosen = slug;
      draw();
    },
  };
}
