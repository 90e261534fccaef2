// Loads some packages as the bundles that the test runner made (scripts/test/packages.ts). AVA loads this file first in each test
// process; in a run by hand there are no bundles, and it does nothing.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const path = process.env.STET_TEST_PACKAGES;
if (path !== undefined) {
  /** @type {Record<string, string>} */
  const bundles = JSON.parse(readFileSync(path, 'utf8'));
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const url = bundles[found.url];
      return url === undefined ? found : { ...found, url, format: 'module' };
    },
  });
}
