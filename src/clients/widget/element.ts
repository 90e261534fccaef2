/** `<stet-widget document="slug">`: a published document in a shadow root. Knows nothing of how revisions come. */
import { STYLE } from './style.ts';
import type { Subscriptions, WidgetPublication } from './subscriptions.ts';

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
    #unsubscribe: (() => void) | undefined;
    #seen = false;

    constructor() {
      super();
      dress(this.#root);
      this.#show(undefined);
    }

    connectedCallback(): void {
      this.#subscribe();
    }

    disconnectedCallback(): void {
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
    }

    attributeChangedCallback(): void {
      if (this.isConnected) this.#subscribe();
    }

    #subscribe(): void {
      this.#unsubscribe?.();
      this.#seen = false;
      const slug = this.getAttribute('document');
      if (!slug) this.#show(undefined);
      this.#unsubscribe = slug
        ? subscriptionsAt(this.getAttribute('src')).subscribe(slug, (publication) => this.#show(publication))
        : undefined;
    }

    /** What is not there shows what the page put into the element, or nothing. */
    #show(publication: WidgetPublication | undefined): void {
      if (!publication) {
        this.#root.replaceChildren(make('slot'));
        return;
      }
      const article = make('article', 'article');
      article.dir = 'auto';
      article.lang = publication.language ?? '';
      const header = make('header', 'header');
      if (publication.title) header.append(directed(make('h2', 'title', publication.title)));
      const meta = make('p', 'meta', `${publication.author} · `);
      const time = make('time', 'time', new Date(publication.publishedAt).toLocaleString(undefined, WHEN));
      time.dateTime = publication.publishedAt;
      meta.append(time);
      header.append(meta);
      const body = make('div', 'body');
      body.innerHTML = trusted(publication.html);
      for (const block of body.children) directed(block as HTMLElement);
      if (this.#seen) body.className = 'new';
      this.#seen = true;
      article.append(header, body);
      this.#root.replaceChildren(article);
      this.dispatchEvent(
        new CustomEvent('stet-revision', { detail: { revision: publication.revision, title: publication.title } }),
      );
    }
  }

  // Another copy of the script was first.
  if (!customElements.get('stet-widget')) customElements.define('stet-widget', StetWidget);
}

/** Each in the direction of its own text, code from left to right. */
function directed(block: HTMLElement): HTMLElement {
  block.dir = block.localName === 'pre' ? 'ltr' : 'auto';
  return block;
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, part = '', text = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (part) element.setAttribute('part', part);
  if (text) element.textContent = text;
  return element;
}
