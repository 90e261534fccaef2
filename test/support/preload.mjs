// Loaded first by every Node process of the tests (scripts/test/packages.ts). It loads some packages as the bundles that the test
// runner made, and gives the process of a test file that file's name, for `ps` and for who looks what hangs. Without bundles, or in a
// Node that has no such hooks, it does nothing.
import { readFileSync } from 'node:fs';
import * as module from 'node:module';

const TEST_FILE = /\/test\/(.+)\.test\.ts$/;

const path = process.env.STET_TEST_PACKAGES;
if (path !== undefined) {
  /** @type {Record<string, string>} */
  const bundles = JSON.parse(readFileSync(path, 'utf8'));
  module.registerHooks?.({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const file = TEST_FILE.exec(found.url)?.[1];
      if (file !== undefined) process.title = `test ${file}`;
      const url = bundles[found.url];
      return url === undefined ? found : { ...found, url, format: 'module' };
    },
  });
}
