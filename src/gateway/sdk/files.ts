/**
 * `/sdk/`: the SDK of this version, as `scripts/build-sdk.mjs` leaves it; public, and served from memory.
 *   editor.js, http.js, viewer.js, widget.js  modules for pages of any origin
 *   stet-sdk-VERSION.tgz                      the npm package
 *   index.json                                version, files, and the hash of each
 * The names stay while versions change, so nothing is cached for long. Knows nothing of documents or users.
 */
import { join } from 'node:path';
import { madeAsset, readFilesIn, readManifestIn } from '../http/built-app.ts';
import { problemOf } from '../http/problem.ts';
import { type Representation, respond } from '../http/representation.ts';

export const SDK_PATH = '/sdk/';

interface SdkFile {
  readonly file: string;
  /** As Subresource Integrity and npm's lockfiles have it. */
  readonly integrity: string;
}

interface SdkManifest {
  readonly name: string;
  readonly version: string;
  readonly package: SdkFile;
  readonly modules: Readonly<Record<string, SdkFile>>;
}

const ONE_DAY_S = 86_400;
const OPEN_TO_ALL: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
};
const MODULE_HEADERS: Readonly<Record<string, string>> = {
  ...OPEN_TO_ALL,
  // As for the widget: a browser caches it for a while, then revalidates it.
  'cache-control': `public, max-age=300, stale-while-revalidate=${ONE_DAY_S}, stale-if-error=${ONE_DAY_S}`,
};
/** Revalidated at each use: an installation gets what this node has now. */
const CURRENT_HEADERS: Readonly<Record<string, string>> = { ...OPEN_TO_ALL, 'cache-control': 'public, no-cache' };

/** Answers paths below `SDK_PATH`. */
export type SdkFiles = (request: Request) => Response | Promise<Response>;

interface Served {
  readonly asset: Representation;
  readonly headers: Readonly<Record<string, string>>;
}

function indexOf({ name, version, package: packed, modules }: SdkManifest): Representation {
  return madeAsset('application/json', `${JSON.stringify({ name, version, package: packed, modules }, null, 2)}\n`);
}

/** Every file below `SDK_PATH` by name. Requests are looked up here alone, never on the disk. */
function readSdk(sdkDir: string): Map<string, Served> {
  const manifest = readManifestIn<SdkManifest>(sdkDir);
  const packed = readFilesIn(sdkDir);
  const modules = readFilesIn(join(sdkDir, 'browser'));
  const served = new Map<string, Served>([['index.json', { asset: indexOf(manifest), headers: CURRENT_HEADERS }]]);
  const add = ({ file }: SdkFile, asset: Representation | undefined, headers: Served['headers']): void => {
    if (!asset) throw new Error(`the SDK is incomplete: ${join(sdkDir, file)} is missing`);
    served.set(file, { asset, headers });
  };
  add(manifest.package, packed.get(manifest.package.file), CURRENT_HEADERS);
  for (const module of Object.values(manifest.modules)) add(module, modules.get(module.file), MODULE_HEADERS);
  return served;
}

/** For callers that read the SDK later. @throws when it is not built */
export const checkSdkBuilt = (sdkDir: string): void => void readSdk(sdkDir);

/**
 * @param sdkDir output folder of `scripts/build-sdk.mjs`
 * @throws when it is not built
 */
export function createSdkFiles(sdkDir: string): SdkFiles {
  const served = readSdk(sdkDir);
  return (request) => {
    const found = served.get(new URL(request.url).pathname.slice(SDK_PATH.length));
    if (!found) return problemOf('not_found', { headers: { ...OPEN_TO_ALL, 'cache-control': 'no-store' } });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return problemOf('method_not_allowed', { headers: { ...OPEN_TO_ALL, allow: 'GET, HEAD' } });
    }
    return respond(request, found.asset, found.headers);
  };
}
