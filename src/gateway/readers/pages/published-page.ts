/** A published document as pages show it, and the site that shows it. */
import type { Body } from '../../../content/model/types.ts';
import type { Language } from '../../../messages/languages.ts';
import type { Site } from '../../access/site.ts';

/** What readers see of a document: its current revision. */
export interface PublishedPage {
  readonly documentId: string;
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  readonly body: Body;
  readonly revision: number;
  /** Handle of the document's owner. */
  readonly author: string;
  /** RFC 3339, UTC: of this revision and of the first one. */
  readonly publishedAt: string;
  readonly firstPublishedAt: string;
  readonly visibility: 'public' | 'private';
  /** The draft is shown as it is written, to those whose browsers run the script. */
  readonly live: boolean;
  /** BCP 47. */
  readonly language: string;
}

/** The site that shows the page, and its assets. */
export interface PageContext {
  /** `https://host`; undefined when the request has no plain one. */
  readonly origin: string | undefined;
  readonly site: Pick<Site, 'name' | 'description' | 'language'>;
  /** Names of assets. */
  readonly style: string;
  readonly icon: string;
  readonly script: string;
  /** Of what stands around the text, and of the script. */
  readonly language: Language;
}
