/**
 * The built browser app as `scripts/build-web.mjs` leaves it: the manifest and the assets, read into memory once. Knows
 * nothing of pages or requests.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Encoding } from './negotiation.ts';

/** What a page of the app loads. */
export interface BuiltPage {
  readonly script: string;
  readonly style?: string;
  readonly preload: readonly string[];
}

export type PageName = 'list' | 'sign-in' | 'edit' | 'revisions' | 'missing';

export interface Manifest {
  readonly key: string;
  readonly icon: string;
  readonly worker: string;
  /** Style sheet of the pages that readers see, and their script. */
  readonly reading: string;
  readonly viewer: string;
  /** The script for other people's pages, and the page that helps to put it there. */
  readonly widget: string;
  readonly embed: BuiltPage;
  readonly pages: Readonly<Record<PageName, BuiltPage>>;
}

export type Bytes = Uint8Array<ArrayBuffer>;

/** A body and its compressed twins, with what tells them from others. */
export interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly plain: Bytes;
  readonly encoded: Readonly<Partial<Record<Encoding, Bytes>>>;
}

const TWINS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;
const MIME: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What tells a content from others, without the quotes. */
export const etagOf = (content: Uint8Array | string): string =>
  createHash('sha256').update(content).digest('base64url').slice(0, 22);

const bytes = (content: Buffer): Bytes => new Uint8Array(content);

/** A file of the app is missing or cut off; the message is all that there is to say. */
class NotBuilt extends Error {
  override readonly name = 'NotBuilt';

  constructor(what: string) {
    super(`the pages are not built (${what}): run "npm start", or "node scripts/build-web.mjs"`);
  }
}

/** @throws NotBuilt */
export function readManifest(webDir: string): Manifest {
  const file = join(webDir, 'manifest.json');
  if (!existsSync(file)) throw new NotBuilt(`${file} is missing`);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  } catch {
    throw new NotBuilt(`${file} is not complete`);
  }
}

/** For who has something to do before the app is read. @throws NotBuilt */
export function checkBuilt(webDir: string): void {
  readManifest(webDir);
  readAssets(webDir);
}

/** The assets by name. @throws NotBuilt */
export function readAssets(webDir: string): Map<string, Asset> {
  const folder = join(webDir, 'assets');
  if (!existsSync(folder)) throw new NotBuilt(`${folder} is missing`);
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(folder)) {
    const type = MIME[extname(name)];
    if (type === undefined) continue;
    const plain = bytes(readFileSync(join(folder, name)));
    const encoded: Partial<Record<Encoding, Bytes>> = {};
    for (const [encoding, suffix] of TWINS) {
      const twin = join(folder, name + suffix);
      if (existsSync(twin)) encoded[encoding] = bytes(readFileSync(twin));
    }
    assets.set(name, { type, etag: etagOf(plain), plain, encoded });
  }
  return assets;
}
