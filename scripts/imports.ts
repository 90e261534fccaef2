// Who may import whom: `node scripts/imports.ts` prints what breaks the rules (imports/rules.ts) and ends with 1 if anything does;
// with `--write` it also draws their map in ARCHITECTURE.md anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { violations } from './imports/check.ts';
import { withMap } from './imports/map.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(root, 'ARCHITECTURE.md');

if (process.argv.includes('--write')) writeFileSync(page, withMap(readFileSync(page, 'utf8')));
const wrong = violations(root);
for (const one of wrong) console.error(one);
process.exitCode = wrong.length === 0 ? 0 : 1;
