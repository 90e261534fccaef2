/** Where readers find the document: its address to copy and, for owners, to change. */
import type { Document, DocumentPatch } from '../../../../../schemas/http.ts';
import { MAX_SLUG_CHARACTERS } from '../../../../../schemas/slug.ts';
import { documentPath } from '../../../../content/slug/address.ts';
import { slugOf } from '../../../../content/slug/slug-of.ts';
import { address as texts } from '../../../../messages/en/publish.ts';
import type { Api, Problem } from '../../common/api.ts';
import { confirm } from '../../common/confirm.ts';
import { copyButton } from '../../common/copy-button.ts';
import { fill, h } from '../../common/dom.ts';
import { problemText } from '../../common/problem-text.ts';
import { siteOrigin } from '../../common/site.ts';

function explain(problem: Problem): string {
  if (problem.code === 'slug_taken') return texts.taken;
  if (problem.code === 'unreachable') return texts.unreachable;
  return problemText(problem);
}

export interface AddressOptions {
  readonly api: Pick<Api, 'changeDocument'>;
  readonly documentId: string;
  /** Something was changed: read it again. */
  readonly onChanged: () => Promise<unknown>;
}

export interface Address {
  readonly element: HTMLElement;
  show(document: Document): void;
}

const NOT_ASCII = /[^\p{ASCII}]/u;

/** Whether the other style makes another slug: one or the other has letters that ASCII lacks. */
const hasChoice = ({ slug, slugStyle, title }: Document): boolean =>
  NOT_ASCII.test(slugStyle === 'ascii' ? title : slug);

export function createAddress({ api, documentId, onChanged }: AddressOptions): Address {
  let shown: Document | null = null;
  const error = h('p', { class: 'error', role: 'alert' });
  const link = h('a', { class: 'address-link', target: '_blank', rel: 'noopener' });
  const copy = copyButton({
    label: texts.copy,
    text: () => link.href,
    select: () => getSelection()?.selectAllChildren(link),
  });
  const hint = h('p', { class: 'hint' });
  const slug = h('input', {
    id: 'publish-slug',
    maxlength: MAX_SLUG_CHARACTERS,
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    'aria-describedby': 'publish-slug-hint',
    oninput: () => drawRename(),
  });
  const rename = h('button', { type: 'submit', class: 'button' }, texts.change);
  const renameHint = h('p', { class: 'hint', id: 'publish-slug-hint' });
  const style = h('button', { type: 'button', class: 'button quiet', onclick: () => void changeStyle() });
  const form = h(
    'form',
    { class: 'slug-form', onsubmit: (event: SubmitEvent) => void changeSlug(event) },
    h('label', { for: 'publish-slug' }, texts.label),
    h('span', { class: 'slug-row' }, h('span', { class: 'prefix', 'aria-hidden': 'true' }, '/d/'), slug, rename, style),
    renameHint,
  );

  async function changeStyle(): Promise<void> {
    if (shown === null) return;
    const slugStyle = shown.slugStyle === 'ascii' ? 'unicode' : 'ascii';
    const redirects = { title: texts.confirmStyle, text: texts.redirects, action: texts.change };
    if (shown.published !== null && !(await confirm(redirects))) return;
    style.disabled = true;
    await change({ slugStyle });
    style.disabled = false;
  }

  function drawRename(): void {
    const isChanged = shown !== null && slug.value !== shown.slug;
    rename.hidden = !isChanged;
    renameHint.hidden = !isChanged;
    if (isChanged) renameHint.textContent = shown?.published ? texts.redirects : '';
  }

  async function change(patch: Pick<DocumentPatch, 'slug' | 'slugStyle'>): Promise<void> {
    fill(error);
    const answer = await api.changeDocument(documentId, patch);
    await onChanged();
    if (!answer.ok) fill(error, explain(answer.problem));
  }

  async function changeSlug(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    slug.value = slugOf(slug.value);
    drawRename();
    if (slug.value === '') {
      fill(error, texts.invalid);
      return;
    }
    if (slug.value === shown?.slug) return;
    rename.disabled = true;
    await change({ slug: slug.value });
    rename.disabled = false;
  }

  function show(document: Document): void {
    const isRenaming = shown !== null && slug.value !== shown.slug && slug.value !== document.slug;
    shown = document;
    link.href = `${siteOrigin()}${documentPath(document.slug)}`;
    // As it is read: in the address itself other letters than ASCII are percent-encoded.
    link.textContent = decodeURI(link.href).replace(/^https?:\/\//, '');
    form.hidden = document.role !== 'own';
    style.hidden = !hasChoice(document);
    style.textContent = texts.style[document.slugStyle];
    if (!isRenaming) slug.value = document.slug;
    hint.hidden = document.published !== null;
    hint.textContent = document.slugFollowsTitle ? texts.followsTitle : texts.unpublished;
    drawRename();
  }

  const element = h('div', { class: 'address' }, h('div', { class: 'address-row' }, link, copy), hint, form, error);
  return { element, show };
}
