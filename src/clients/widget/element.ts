/**
 * `<stet-widget document="slug">`: a published document in a shadow root, or the draft of a live one, with the state of the connection.
 * Knows nothing of how texts come.
 */
import { widgetLanguage, widgetTexts } from '../../messages/widget.ts';
import { type ConnectionStatus, createStatusDisplay } from '../connection-status.ts';
import type { WidgetPublication } from './publication.ts';
import { isDraft } from './shown-document.ts';
import { STYLE } from './style.ts';
import type { Subscriptions } from './subscriptions.ts';

const WHEN = { dateStyle: 'long', timeStyle: 'short' } as const;
const TODAY = { timeStyle: 'short' } as const;

/** What changes of a document that is shown. */
interface Parts {
  readonly article: HTMLElement;
  readonly heading: HTMLElement;
  readonly author: Text;
  readonly time: HTMLTimeElement;
  /** Says that the document is live, or that the connection is gone. */
  readonly line: HTMLElement;
  readonly body: HTMLElement;
}

let policy: { createHTML(html: string): string } | undefined;

/** Made by the server from a fixed set of elements. A page that requires Trusted Types has to allow the policy. */
function trusted(html: string): string {
  const { trustedTypes } = window as { trustedTypes?: { createPolicy(name: string, rules: object): typeof policy } };
  policy ??= trustedTypes?.createPolicy('stet-widget', { createHTML: (given: string) => given }) ?? {
    createHTML: String,
  };
  return policy.createHTML(html);
}

/** @param subscriptionsAt those of a server by its address, as the attribute `src` has it; null: there is no such attribute */
export function defineElement(subscriptionsAt: (server: string | null) => Subscriptions): void {
  let sheet: CSSStyleSheet | undefined;

  /** A sheet that a strict content policy of the page lets through; an element where browsers do not know it. */
  function dress(root: ShadowRoot): void {
    if ('adoptedStyleSheets' in root) {
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
      }
      root.adoptedStyleSheets = [sheet];
    } else (root as ShadowRoot).append(make('style', '', STYLE));
  }

  class StetWidget extends HTMLElement {
    static observedAttributes = ['document', 'src'];
    readonly #root = this.attachShadow({ mode: 'open' });
    readonly #status = createStatusDisplay((status, currentAt) => this.#showStatus(status, currentAt));
    #unsubscribe: (() => void) | undefined;
    #shown: WidgetPublication | undefined;
    #parts: Parts | undefined;
    /** Of the text, as they are written, without what marks them. */
    #blocks: readonly string[] = [];

    constructor() {
      super();
      dress(this.#root);
      this.#showOwn();
    }

    connectedCallback(): void {
      this.#subscribe();
    }

    disconnectedCallback(): void {
      this.#status.close();
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
    }

    attributeChangedCallback(): void {
      if (this.isConnected) this.#subscribe();
    }

    #subscribe(): void {
      this.#unsubscribe?.();
      const slug = this.getAttribute('document');
      if (!slug) this.#showOwn();
      this.#unsubscribe = slug
        ? subscriptionsAt(this.getAttribute('src')).subscribe(slug, (publication, lostAt) => {
            if (!publication) this.#showMissing();
            else if (publication !== this.#shown) this.#show(publication);
            if (lostAt) this.#status.lost(lostAt);
            else this.#status.connected();
          })
        : undefined;
    }

    /** What the page put into the element, or nothing. */
    #showOwn(): void {
      this.#shown = this.#parts = undefined;
      this.#root.replaceChildren(make('slot'));
    }

    /** It is known that there is nothing: the page's own content says so, or a sentence does, if the page wants one. */
    #showMissing(): void {
      this.#showOwn();
      if (this.dataset.missing === 'hide') this.#root.replaceChildren();
      else if (!hasContent(this)) {
        const language = languageFor(this);
        const sentence = directed(make('p', 'missing', widgetTexts(language).missing));
        sentence.lang = language;
        this.#root.replaceChildren(sentence);
      }
    }

    #show(publication: WidgetPublication): void {
      const before = this.#shown;
      this.#shown = publication;
      const { id, revision, title } = publication;
      const isSame = before?.id === id;
      if (!isSame || !this.#parts) {
        this.#parts = build();
        this.#blocks = [];
        this.#root.replaceChildren(this.#parts.article);
      }
      const { article, heading, author, time, body } = this.#parts;
      article.lang = publication.language ?? '';
      heading.hidden = !title;
      heading.textContent = title;
      author.data = `${publication.author} · `;
      time.textContent = new Date(publication.publishedAt).toLocaleString(article.lang || undefined, WHEN);
      time.dateTime = publication.publishedAt;
      // How a draft differs from what was published is no change to mark.
      this.#fill(body, publication.html, isSame && isDraft(before) === isDraft(publication));
      if (!isSame || before.revision !== revision || before.title !== title) {
        this.dispatchEvent(new CustomEvent('stet-revision', { detail: { revision, title } }));
      }
    }

    /** What is equal stays, and with it what the reader has selected there. */
    #fill(body: HTMLElement, html: string, isNews: boolean): void {
      const made = make('div');
      made.innerHTML = trusted(html);
      const fresh = [...made.children].map((block) => directed(block as HTMLElement));
      const next = fresh.map(({ outerHTML }) => outerHTML);
      const before = this.#blocks;
      const least = Math.min(before.length, next.length);
      let start = 0;
      while (start < least && before[start] === next[start]) start += 1;
      let end = 0;
      while (end < least - start && before.at(-1 - end) === next.at(-1 - end)) end += 1;
      const present = [...body.children];
      for (const block of present.slice(start, present.length - end)) block.remove();
      for (const block of fresh.slice(start, fresh.length - end)) {
        if (isNews) block.classList.add('new');
        body.insertBefore(block, present[present.length - end] ?? null);
      }
      this.#blocks = next;
    }

    #showStatus(status: ConnectionStatus, currentAt: number): void {
      const line = this.#parts?.line;
      const shown = this.#shown;
      // It is read aloud when it is written.
      const text = isDraft(shown) ? statusText(status, currentAt, shown?.language) : '';
      if (!line || line.textContent === text) return;
      line.dataset.connection = status;
      line.textContent = text;
    }
  }

  // Another copy of the script was first.
  if (!customElements.get('stet-widget')) customElements.define('stet-widget', StetWidget);
}

function build(): Parts {
  const article = make('article', 'article');
  article.dir = 'auto';
  const header = make('header', 'header');
  const heading = directed(make('h2', 'title'));
  const meta = make('p', 'meta');
  const author = document.createTextNode('');
  const time = make('time', 'time');
  const line = make('span', 'status');
  line.setAttribute('role', 'status');
  const body = make('div', 'body');
  meta.append(author, time, line);
  header.append(heading, meta);
  article.append(header, body);
  return { article, heading, author, time, line, body };
}

function statusText(status: ConnectionStatus, currentAt: number, language = ''): string {
  const texts = widgetTexts(language);
  if (status === 'connected') return texts.live;
  if (status === 'reconnecting') return texts.reconnecting;
  const at = new Date(currentAt);
  const isToday = at.toDateString() === new Date().toDateString();
  return texts.lastUpdated + at.toLocaleString(language || undefined, isToday ? TODAY : WHEN);
}

/** Besides what is for browsers without scripts. */
const hasContent = ({ childNodes }: HTMLElement): boolean =>
  [...childNodes].some(
    ({ nodeType, nodeName, textContent }) =>
      (nodeType === Node.ELEMENT_NODE && nodeName !== 'NOSCRIPT') ||
      (nodeType === Node.TEXT_NODE && textContent?.trim()),
  );

/** Of the page around the element, else that of the browser, if there are texts in it. */
const languageFor = (element: HTMLElement) =>
  widgetLanguage(element.closest<HTMLElement>('[lang]')?.lang || navigator.language);

/** Each in the direction of its own text, code from left to right; it may be wider than the widget, and scrolls by keyboard then. */
function directed(block: HTMLElement): HTMLElement {
  const isCode = block.localName === 'pre';
  block.dir = isCode ? 'ltr' : 'auto';
  if (isCode) block.tabIndex = 0;
  return block;
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, part = '', text = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (part) element.setAttribute('part', part);
  if (text) element.textContent = text;
  return element;
}
