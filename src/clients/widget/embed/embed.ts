/** The page that helps to make a snippet: what to show, how it looks, and how it will look, live. */
import '../../pages/styles/base.css';
import './embed.css';
import { wordmark } from '../../pages/common/brand.ts';
import { appRoot, fill, h } from '../../pages/common/dom.ts';
import { siteOrigin } from '../../pages/common/site.ts';
import { slugOf, snippetOf, styleOf, type WidgetAppearance } from './snippet.ts';

const FONTS: readonly [name: string, value: string][] = [
  ['Book serif', ''],
  ['Sans serif', 'system-ui, sans-serif'],
  ['That of your page', 'inherit'],
  ['Monospace', 'ui-monospace, monospace'],
];
const WIDTHS: readonly [name: string, value: string][] = [
  ['Wide', 'wide'],
  ['Column', 'column'],
  ['Phone', 'phone'],
];
const SETTLE_MS = 350;

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
  picker.setAttribute('aria-label', `${label}: pick`);
  return { element, value: () => (own.checked ? picker.value : '') };
}

const slug = h('input', {
  id: 'slug',
  placeholder: 'my-document or its address',
  autocapitalize: 'none',
  autocorrect: 'off',
  spellcheck: 'false',
  maxlength: 300,
  oninput: update,
  value: new URLSearchParams(location.search).get('document') ?? '',
});
const found = h('p', { class: 'hint', role: 'status' });
const theme = select('theme', [
  ['As your page', 'auto'],
  ['Light', 'light'],
  ['Dark', 'dark'],
]);
const font = select('font', FONTS);
const size = select('size', [
  ['Medium', ''],
  ['Small', '0.9375rem'],
  ['Large', '1.1875rem'],
]);
const text = colour('color', 'Text', '#23211d');
const background = colour('background', 'Background', '#ffffff');
const accent = colour('accent', 'Links and accents', '#1f5f5b');
const frame = h('input', { id: 'frame', type: 'checkbox', oninput: update });
const width = select('width', WIDTHS);
const code = h('textarea', { id: 'code', readonly: true, rows: 5, spellcheck: 'false', onfocus: () => code.select() });
const copy = h('button', { class: 'button primary', type: 'button', onclick: copyCode }, 'Copy');
const preview = h('div', { class: 'stage' });
let shown: HTMLElement | undefined;
let title = '';
let settling: ReturnType<typeof setTimeout> | undefined;

function lookNow(): WidgetAppearance {
  return {
    theme: theme.value as WidgetAppearance['theme'],
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
  code.value = snippetOf(siteOrigin(), name ?? 'my-document', name ? title : '', look);
  copy.disabled = name === undefined;
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
    fill(preview, h('p', { class: 'empty' }, 'The document appears here.'));
    showMessage(slug.value.trim() === '' ? '' : 'A name has small letters, digits and hyphens.');
    return;
  }
  const waiting = h('span', { class: 'empty' }, 'Nothing public has this name.');
  shown = h('stet-widget' as 'div', { document: name }, waiting);
  shown.addEventListener('stet-revision', (event) => {
    const { detail } = event as CustomEvent<{ title: string; revision: number }>;
    title = detail.title;
    showMessage(`Revision ${detail.revision}. It changes here as soon as you publish.`);
    update();
  });
  fill(preview, shown);
  showMessage('Shown as soon as it is published and public.');
  update();
}

async function copyCode(): Promise<void> {
  try {
    await navigator.clipboard.writeText(code.value);
  } catch {
    // Not over plain http.
    code.select();
    document.execCommand('copy');
  }
  copy.textContent = 'Copied';
  setTimeout(() => {
    copy.textContent = 'Copy';
  }, 2_000);
}

fill(
  appRoot(),
  h('header', { class: 'embed-header' }, h('a', { href: '/', class: 'home' }, wordmark())),
  h(
    'main',
    { class: 'embed' },
    h(
      'section',
      { class: 'choices', 'aria-label': 'What and how' },
      h('h1', {}, 'Put a document on your page'),
      h('p', { class: 'lead' }, 'Readers see what you publish the moment you publish it. No cookies, no tracking.'),
      field('Document', slug),
      found,
      h(
        'div',
        { class: 'pair' },
        field('Colours', theme),
        field('Typeface', font),
        field('Size', size),
        field('Preview', width),
      ),
      h(
        'fieldset',
        { class: 'colours' },
        h('legend', { class: 'visually-hidden' }, 'Colours of your own'),
        text.element,
        background.element,
        accent.element,
        h('div', { class: 'colour' }, frame, h('label', { for: frame.id }, 'A frame around it')),
      ),
      h(
        'div',
        { class: 'snippet' },
        h('div', { class: 'snippet-head' }, h('label', { for: code.id }, 'Paste this where it should stand'), copy),
        code,
      ),
      h(
        'p',
        { class: 'hint' },
        'One script serves any number of documents on a page. More of its look is yours: ',
        h('code', {}, '--stet-*'),
        ' variables and ',
        h('code', {}, '::part(title)'),
        '.',
      ),
    ),
    h('section', { class: 'preview', 'aria-label': 'Preview' }, preview),
  ),
);
show();
update();
