/**
 * Makes everything that a node serves and does not make by itself: the browser app (`.stet/web`) and the SDK (`dist`). Offline;
 * over in moments when nothing changed. `npm run build`, and a part of the set-up of whatever starts a node.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSdk } from './build-sdk.mjs';
import { buildWeb } from './build-web.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const started = performance.now();
try {
  const [pages, sdk] = await Promise.all([buildWeb({ root }), buildSdk({ root })]);
  const built = [pages === 'built' ? 'the browser app' : '', sdk === 'built' ? 'the SDK' : ''].filter(Boolean);
  if (built.length > 0) console.log(`Built ${built.join(' and ')} in ${Math.round(performance.now() - started)} ms.`);
} catch (error) {
  // esbuild has written its own already.
  if (!(/** @type {{errors?: unknown}} */ (error).errors)) console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}
