/** Where readers find the document: its address to copy and, for owners, to change; and who they are. */
import type { Document, Visibility } from '../../../../../schemas/http.ts';
import { address as texts, visibility } from '../../../../messages/en/publish.ts';
import type { Api, Problem } from '../../common/api.ts';
import { fill, h } from '../../common/dom.ts';
import { siteOrigin } from '../../common/site.ts';
import { slugOf } from './slug.ts';

const CHOICES: readonly Visibility[] = ['public', 'private'];

function explain(problem: Problem): string {
  if (problem.code === 'slug_taken') return texts.taken;
  if (problem.code === 'unreachable') return texts.unreachable;
  return problem.message;
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

export function createAddress({ api, documentId, onChanged }: AddressOptions): Address {
  let shown: Document | null = null;
  /** What was chosen stands meanwhile, whatever else is shown anew. */
  let isChanging = false;
  const error = h('p', { class: 'error', role: 'alert' });
  const link = h('a', { class: 'address-link', target: '_blank', rel: 'noopener' });
  const copy = h('button', { type: 'button', class: 'button', onclick: () => copyLink() }, texts.copy);
  const hint = h('p', { class: 'hint' });
  const slug = h('input', {
    id: 'publish-slug',
    maxlength: 80,
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    'aria-describedby': 'publish-slug-hint',
    oninput: () => drawRename(),
  });
  const rename = h('button', { type: 'submit', class: 'button' }, texts.change);
  const renameHint = h('p', { class: 'hint', id: 'publish-slug-hint' });
  const form = h(
    'form',
    { class: 'slug-form', onsubmit: (event: SubmitEvent) => void changeSlug(event) },
    h('label', { for: 'publish-slug' }, texts.label),
    h('span', { class: 'slug-row' }, h('span', { class: 'prefix', 'aria-hidden': 'true' }, '/d/'), slug, rename),
    renameHint,
  );
  const choices = CHOICES.map((value) => {
    const { name, text } = visibility[value];
    const input = h('input', {
      type: 'radio',
      name: 'publish-visibility',
      value,
      'aria-label': name,
      'aria-describedby': `publish-${value}`,
      onchange: () => void change({ visibility: value }),
    });
    return {
      value,
      input,
      row: h('label', { class: 'choice' }, input, h('span', {}, name, h('small', { id: `publish-${value}` }, text))),
    };
  });
  const readers = h(
    'fieldset',
    { class: 'readers' },
    h('legend', {}, visibility.legend),
    ...choices.map(({ row }) => row),
  );
  const readersText = h('p', { class: 'hint' });

  async function copyLink(): Promise<void> {
    try {
      await navigator.clipboard.writeText(link.href);
      copy.textContent = texts.copied;
      setTimeout(() => {
        copy.textContent = texts.copy;
      }, 2_000);
    } catch {
      // Over plain HTTP browsers give no clipboard: the address is selected for the author's own hand.
      getSelection()?.selectAllChildren(link);
      copy.textContent = texts.copyByHand;
    }
  }

  function drawRename(): void {
    const isChanged = shown !== null && slug.value !== shown.slug;
    rename.hidden = !isChanged;
    renameHint.hidden = !isChanged;
    if (isChanged) renameHint.textContent = texts.changeHint;
  }

  async function change(patch: { slug?: string; visibility?: Visibility }): Promise<void> {
    isChanging = true;
    fill(error);
    for (const { input } of choices) input.disabled = true;
    const answer = await api.changeDocument(documentId, patch);
    await onChanged();
    isChanging = false;
    for (const { input } of choices) input.disabled = false;
    if (answer.ok) return;
    fill(error, explain(answer.problem));
    if (shown !== null && patch.visibility !== undefined) show(shown);
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
    const { href } = new URL(`/d/${document.slug}`, siteOrigin());
    link.href = href;
    link.textContent = href.replace(/^https?:\/\//, '');
    const isOwner = document.role === 'own';
    form.hidden = !isOwner;
    readers.hidden = !isOwner;
    readersText.hidden = isOwner;
    readersText.textContent = visibility.is(visibility[document.visibility].name);
    if (!isRenaming) slug.value = document.slug;
    if (!isChanging) for (const { value, input } of choices) input.checked = value === document.visibility;
    hint.hidden = document.published !== null;
    hint.textContent = texts.unpublished;
    drawRename();
  }

  const element = h(
    'div',
    { class: 'address' },
    h('div', { class: 'address-row' }, link, copy),
    hint,
    form,
    readers,
    readersText,
    error,
  );
  return { element, show };
}
