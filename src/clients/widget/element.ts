/** `<stet-widget document="slug">`: a published document in a shadow root. Knows nothing of how the news come. */
import type { Feed, News } from './feed.ts';
import { STYLE } from './style.ts';

const WHEN = { dateStyle: 'long', timeStyle: 'short' } as const;

let policy: { createHTML(html: string): string } | undefined;

/** Made by the server from a fixed set of elements. A page that requires Trusted Types has to allow the policy. */
function trusted(html: string): string {
  const { trustedTypes } = window as { trustedTypes?: { createPolicy(name: string, rules: object): typeof policy } };
  policy ??= trustedTypes?.createPolicy('stet-widget', { createHTML: (given: string) => given }) ?? {
    createHTML: String,
  };
  return policy.createHTML(html);
}

/** @param feedOf the feed of a server; undefined: of the one that the script came from */
export function defineWidget(feedOf: (server: string | null) => Feed): void {
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
    #leave: (() => void) | undefined;
    #seen = false;

    constructor() {
      super();
      dress(this.#root);
      this.#show(undefined);
    }

    connectedCallback(): void {
      this.#follow();
    }

    disconnectedCallback(): void {
      this.#leave?.();
      this.#leave = undefined;
    }

    attributeChangedCallback(): void {
      if (this.isConnected) this.#follow();
    }

    #follow(): void {
      this.#leave?.();
      this.#seen = false;
      const slug = this.getAttribute('document');
      if (!slug) this.#show(undefined);
      this.#leave = slug ? feedOf(this.getAttribute('src')).follow(slug, (news) => this.#show(news)) : undefined;
    }

    /** What is not there shows what the page put into the element, or nothing. */
    #show(news: News | undefined): void {
      if (!news) {
        this.#root.replaceChildren(make('slot'));
        return;
      }
      const article = make('article', 'article');
      article.dir = 'auto';
      const header = make('header', 'header');
      if (news.title) header.append(make('h2', 'title', news.title));
      const meta = make('p', 'meta', `${news.author} · `);
      const time = make('time', 'time', new Date(news.publishedAt).toLocaleString(undefined, WHEN));
      time.dateTime = news.publishedAt;
      meta.append(time);
      header.append(meta);
      const body = make('div', 'body');
      body.innerHTML = trusted(news.html);
      if (this.#seen) body.className = 'new';
      this.#seen = true;
      article.append(header, body);
      this.#root.replaceChildren(article);
      this.dispatchEvent(new CustomEvent('stet-revision', { detail: { revision: news.revision, title: news.title } }));
    }
  }

  // Another copy of the script was first.
  if (!customElements.get('stet-widget')) customElements.define('stet-widget', StetWidget);
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, part = '', text = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (part) element.setAttribute('part', part);
  if (text) element.textContent = text;
  return element;
}
