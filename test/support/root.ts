// Where the project is, for tests that start its programs or read its files.
import { fileURLToPath } from 'node:url';

/** The project's folder, without a slash at its end. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The `stet` command. */
export const STET = `${ROOT}/bin/stet.js`;
