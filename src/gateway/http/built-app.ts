/**
 * The built browser app as `scripts/build-web.mjs` leaves it: the manifest and the assets, read into memory once. Knows
 * nothing of pages or requests. The SDK's files (`src/gateway/sdk`) are read in the same way.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { ByLanguage } from '../../messages/languages.ts';
import { type Bytes, type ContentCoding, contentTag } from '../../published/cached-bytes.ts';
import type { Representation } from './representation.ts';

/** What a page of the app loads. */
export interface BuiltPage {
  readonly script: string;
  readonly style?: string;
  readonly preload: readonly string[];
}

export type PageName = 'list' | 'sign-in' | 'edit' | 'history';

export interface Manifest {
  readonly key: string;
  readonly icon: string;
  readonly worker: string;
  /** Style sheet of the pages that readers see, and their script. */
  readonly reading: string;
  readonly viewer: ByLanguage<string>;
  /** The same for documents in frames on other sites. */
  readonly frameStyle: string;
  readonly frame: ByLanguage<string>;
  /** The script for other people's pages, and the page that helps to put it there. */
  readonly widget: string;
  readonly embed: ByLanguage<BuiltPage>;
  readonly pages: Readonly<Record<PageName, ByLanguage<BuiltPage>>>;
}

const COMPRESSED = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;
const MIME: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.tgz': 'application/gzip',
};

const bytes = (content: Buffer): Bytes => new Uint8Array(content);

/** @param compressed forms of it that there are */
function asset(type: string, plain: Bytes, compressed: ReadonlyMap<ContentCoding, Bytes>): Representation {
  return {
    type,
    tag: contentTag(plain),
    plain,
    codings: [...compressed.keys()],
    encoded: (coding) => compressed.get(coding) ?? plain,
  };
}

/** A text that is made when the node starts. */
export const madeAsset = (type: string, text: string): Representation =>
  asset(type, bytes(Buffer.from(text)), new Map());

export const htmlAsset = (html: string): Representation => madeAsset('text/html; charset=utf-8', html);

/** A built file is missing or cut off; the message is all that there is to say. */
class NotBuilt extends Error {
  override readonly name = 'NotBuilt';

  constructor(what: string) {
    super(`the pages or the SDK are not built (${what}); run "npm start" or "npm run build"`);
  }
}

/** @throws NotBuilt */
export const readManifest = (webDir: string): Manifest => readManifestIn(webDir);

/** What a builder says of its output. @throws NotBuilt */
export function readManifestIn<T>(folder: string): T {
  const file = join(folder, 'manifest.json');
  if (!existsSync(file)) throw new NotBuilt(`${file} is missing`);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    throw new NotBuilt(`${file} is incomplete`);
  }
}

/** For callers that read the app later. @throws NotBuilt */
export function checkBuilt(webDir: string): void {
  readManifest(webDir);
  readAssets(webDir);
}

/** The assets by name. @throws NotBuilt */
export const readAssets = (webDir: string): Map<string, Representation> => readFilesIn(join(webDir, 'assets'));

/** The files of a folder by name, but for those of other types and the compressed forms. @throws NotBuilt */
export function readFilesIn(folder: string): Map<string, Representation> {
  if (!existsSync(folder)) throw new NotBuilt(`${folder} is missing`);
  const assets = new Map<string, Representation>();
  for (const name of readdirSync(folder)) {
    const type = MIME[extname(name)];
    if (type === undefined) continue;
    const plain = bytes(readFileSync(join(folder, name)));
    const compressed = new Map<ContentCoding, Bytes>();
    for (const [coding, suffix] of COMPRESSED) {
      const file = join(folder, name + suffix);
      if (existsSync(file)) compressed.set(coding, bytes(readFileSync(file)));
    }
    assets.set(name, asset(type, plain, compressed));
  }
  return assets;
}
