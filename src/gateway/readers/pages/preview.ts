/** The page of a draft as its readers would get it: the same renderer and style sheet. Knows neither HTTP nor access. */
import { FALLBACK_LANGUAGE, languageOf } from '../../../messages/languages.ts';
import type { PublishedPage } from '../../../ports/revisions.ts';
import type { Site } from '../../access/site.ts';
import { readManifest } from '../../http/built-app.ts';
import { renderPage } from './page.ts';

export interface PreviewOptions {
  /** Folder of the built app: the style sheet is in it. */
  readonly webDir: string;
  readonly site: Site;
}

export function createPreview({ webDir, site }: PreviewOptions) {
  const { reading: style, icon, viewer } = readManifest(webDir);
  return (request: Request, secure: boolean, page: PublishedPage): string => {
    const language = languageOf(page.language);
    const script = viewer[language] ?? viewer[FALLBACK_LANGUAGE];
    const origin = site.originOf(request, secure);
    return renderPage(page, { origin, site, style, icon, script, language });
  };
}
