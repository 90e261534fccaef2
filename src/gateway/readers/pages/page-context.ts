/** Where a published page is shown. */
import type { Language } from '../../../messages/languages.ts';
import type { Site } from '../../access/site.ts';

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
