/**
 * A package registry on loopback that has what this project has installed, made from `node_modules`: a project of its own can
 * be installed by the real npm without any network. Knows the lockfile's versions alone.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { tarballOf } from '../../scripts/build/tarball.mjs';
import { temporaryFolder } from './services.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MODULES = 'node_modules/';

/** Folder of each installed version of a package, by version. */
function installed(name: string, paths: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of paths) {
    if (path.slice(path.lastIndexOf(MODULES) + MODULES.length) !== name) continue;
    const folder = join(ROOT, path);
    if (!existsSync(join(folder, 'package.json'))) continue;
    found.set((JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version, folder);
  }
  return found;
}

/** Packs a package without those that are nested in it. */
function pack(folder: string, scratch: string): Buffer {
  const copy = mkdtempSync(join(scratch, 'package-'));
  cpSync(folder, copy, { recursive: true, filter: (from) => basename(from) !== 'node_modules' });
  const packed = tarballOf(copy);
  rmSync(copy, { recursive: true });
  return packed;
}

/** Starts it; ends with the test. @returns its address */
export async function startNpmRegistry(t: ExecutionContext): Promise<string> {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: object };
  const paths = Object.keys(lock.packages).filter((path) => path.includes(MODULES));
  const scratch = temporaryFolder('npm-registry');
  const json = (response: ServerResponse, body: unknown, status = 200): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    const [name = '', version] = decodeURIComponent((request.url ?? '').slice(1)).split('/-/');
    const versions = installed(name, paths);
    const folder = version === undefined ? undefined : versions.get(version);
    if (folder !== undefined) response.end(pack(folder, scratch.path));
    else if (versions.size === 0 || version !== undefined) json(response, { error: 'not found' }, 404);
    else {
      const origin = `http://${request.headers.host}`;
      const described = [...versions].map(([number, at]) => {
        const manifest = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as object;
        return [number, { ...manifest, dist: { tarball: `${origin}/${name}/-/${number}` } }];
      });
      json(response, {
        name,
        'dist-tags': { latest: [...versions.keys()].at(-1) },
        versions: Object.fromEntries(described),
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
    scratch.remove();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
