// Loads some packages as the bundles that the test runner made (scripts/test/packages.ts). The runner has every Node process of
// its tests load this file first; without bundles, or in a Node that has no such hooks, it does nothing.
import { readFileSync } from 'node:fs';
import * as module from 'node:module';

const path = process.env.STET_TEST_PACKAGES;
if (path !== undefined) {
  /** @type {Record<string, string>} */
  const bundles = JSON.parse(readFileSync(path, 'utf8'));
  module.registerHooks?.({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const url = bundles[found.url];
      return url === undefined ? found : { ...found, url, format: 'module' };
    },
  });
}
