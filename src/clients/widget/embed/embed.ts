/** The page that helps to make a snippet: what to show, how it looks, and how it will look, live. */
import '../../pages/styles/base.css';
import './embed.css';
import { texts } from '../../../messages/en/embed.ts';
import { wordmark } from '../../pages/common/brand.ts';
import { appRoot, fill, h } from '../../pages/common/dom.ts';
import { siteOrigin } from '../../pages/common/site.ts';
import { frameSnippetOf, slugOf, snippetOf, styleOf, type WidgetAppearance } from '../../pages/common/snippet.ts';
import { createCodeBox } from './code-box.ts';
import { createOwnDocuments } from './own-documents.ts';

const FONTS: readonly [name: string, value: string][] = [
  [texts.font.serif, ''],
  [texts.font.sans, 'system-ui, sans-serif'],
  [texts.font.page, 'inherit'],
  [texts.font.mono, 'ui-monospace, monospace'],
];
const WIDTHS: readonly [name: string, value: string][] = [
  [texts.width.wide, 'wide'],
  [texts.width.column, 'column'],
  [texts.width.phone, 'phone'],
];
const SETTLE_MS = 350;
const [stylingStart, stylingMiddle, stylingEnd] = texts.styling;

/** A labelled field. */
const field = (label: string, control: HTMLElement, hint?: string): HTMLElement =>
  h(
    'div',
    { class: 'field' },
    h('label', { for: control.id }, label),
    control,
    hint ? h('p', { class: 'hint' }, hint) : null,
  );

function select(id: string, options: readonly [name: string, value: string][]): HTMLSelectElement {
  return h('select', { id, oninput: update }, ...options.map(([name, value]) => h('option', { value }, name)));
}

/** A colour that may be left to the widget. */
function colour(id: string, label: string, start: string) {
  const picker = h('input', { id, type: 'color', value: start, oninput: () => choose(true) });
  const own = h('input', { id: `${id}-own`, type: 'checkbox', oninput: () => choose(own.checked) });
  function choose(isOwn: boolean): void {
    own.checked = isOwn;
    update();
  }
  const element = h('div', { class: 'colour' }, own, h('label', { for: own.id }, label), picker);
  picker.setAttribute('aria-label', texts.colors.pick(label));
  return { element, value: () => (own.checked ? picker.value : '') };
}

const slug = h('input', {
  id: 'slug',
  placeholder: texts.documentPlaceholder,
  autocapitalize: 'none',
  autocorrect: 'off',
  spellcheck: 'false',
  maxlength: 300,
  oninput: update,
  value: new URLSearchParams(location.search).get('document') ?? '',
});
const found = h('p', { class: 'hint', role: 'status' });
const theme = select('theme', [
  [texts.theme.auto, 'auto'],
  [texts.theme.light, 'light'],
  [texts.theme.dark, 'dark'],
]);
const font = select('font', FONTS);
const size = select('size', [
  [texts.size.medium, ''],
  [texts.size.small, '0.9375rem'],
  [texts.size.large, '1.1875rem'],
]);
const text = colour('color', texts.colors.text, '#23211d');
const background = colour('background', texts.colors.background, '#ffffff');
const accent = colour('accent', texts.colors.accent, '#1f5f5b');
const frame = h('input', { id: 'frame', type: 'checkbox', oninput: update });
const width = select('width', WIDTHS);
const missing = select('missing', [
  [texts.missing.sentence, ''],
  [texts.missing.nothing, 'hide'],
]);
const code = createCodeBox({ id: 'code', label: texts.code, copy: texts.copy, rows: 5 });
const frameCode = createCodeBox({ id: 'frame-code', label: texts.frameCode, copy: texts.copyFrame, rows: 3 });
const documents = createOwnDocuments({
  onChoose(name) {
    slug.value = name;
    update();
  },
  selectCode: code.select,
  codeOf: (name, its) => snippetOf(siteOrigin(), name, its, lookNow()),
});
const preview = h('div', { class: 'stage' });
let shown: HTMLElement | undefined;
let title = '';
let settling: ReturnType<typeof setTimeout> | undefined;

function lookNow(): WidgetAppearance {
  return {
    theme: theme.value as WidgetAppearance['theme'],
    hidesMissing: missing.value === 'hide',
    variables: {
      '--stet-font': font.value,
      '--stet-size': size.value,
      '--stet-color': text.value(),
      '--stet-background': background.value(),
      '--stet-accent': accent.value(),
      '--stet-padding': frame.checked ? '1.5rem' : '',
      '--stet-border': frame.checked ? '1px solid #8886' : '',
      '--stet-radius': frame.checked ? '12px' : '',
    },
  };
}

function update(): void {
  const name = slugOf(slug.value);
  const look = lookNow();
  const of = [siteOrigin(), name ?? texts.documentExample, name ? title : '', look] as const;
  code.show(snippetOf(...of), name !== undefined);
  frameCode.show(frameSnippetOf(...of), name !== undefined);
  documents.setChosen(name);
  preview.className = `stage ${width.value} ${look.theme}`;
  if (shown?.getAttribute('document') !== (name ?? null)) {
    clearTimeout(settling);
    settling = setTimeout(show, shown ? SETTLE_MS : 0);
  }
  if (!shown) return;
  shown.setAttribute('theme', look.theme);
  // By the object model: the policy of this page takes no inline style.
  shown.style.cssText = styleOf(look);
}

function showMessage(text: string): void {
  fill(found, text);
}

/** Another document than before. */
function show(): void {
  const name = slugOf(slug.value);
  title = '';
  shown = undefined;
  if (name === undefined) {
    fill(preview, h('p', { class: 'empty' }, texts.previewEmpty));
    showMessage(slug.value.trim() === '' ? '' : texts.invalid);
    return;
  }
  const waiting = h('span', { class: 'empty' }, texts.notFound);
  shown = h('stet-widget' as 'div', { document: name }, waiting);
  shown.addEventListener('stet-revision', (event) => {
    const { detail } = event as CustomEvent<{ title: string; revision: number }>;
    title = detail.title;
    showMessage(texts.shown(detail.revision));
    update();
  });
  fill(preview, shown);
  showMessage(texts.waiting);
  update();
}

fill(
  appRoot(),
  h('header', { class: 'embed-header' }, h('a', { href: '/', class: 'home' }, wordmark())),
  h(
    'main',
    { class: 'embed' },
    h(
      'section',
      { class: 'choices', 'aria-label': texts.options },
      h('h1', {}, texts.heading),
      h('p', { class: 'lead' }, texts.lead),
      documents.element,
      field(texts.document, slug),
      found,
      h(
        'div',
        { class: 'pair' },
        field(texts.theme.label, theme),
        field(texts.font.label, font),
        field(texts.size.label, size),
        field(texts.width.label, width),
        field(texts.missing.label, missing),
      ),
      h(
        'fieldset',
        { class: 'colours' },
        h('legend', { class: 'visually-hidden' }, texts.colors.legend),
        text.element,
        background.element,
        accent.element,
        h('div', { class: 'colour' }, frame, h('label', { for: frame.id }, texts.border)),
      ),
      code.element,
      frameCode.element,
      h('p', { class: 'hint' }, texts.frameHint),
      h(
        'p',
        { class: 'hint' },
        stylingStart,
        h('code', {}, '--stet-*'),
        stylingMiddle,
        h('code', {}, '::part(title)'),
        stylingEnd,
      ),
    ),
    h('section', { class: 'preview', 'aria-label': texts.preview }, preview),
  ),
);
show();
update();
