// AVA runs the TypeScript files as they are: Node strips the types.
import { availableParallelism } from 'node:os';

/**
 * The files that take longest, by their paths below test/, in the order in which they begin: those that compute, those that wait
 * and those with a browser by turns, so that they fill each other's pauses and do not crowd each other.
 * `npm run test:repeat` prints the slowest tests; a test fails for a name that is no file any more. All others come after, mixed.
 */
export const LONGEST = [
  'browser/accessibility',
  'gateway/api/large-drafts',
  'gateway/listener/deadlines',
  'browser/viewer',
  'gateway/listener/uws',
  'gateway/authors/large-documents',
  'gateway/api/operations/events',
  'gateway/listener/unread',
  'browser/publishing',
  'gateway/access/address-quota',
  'chaos/mutants',
  'storage/postgres/journal/standbys',
  'browser/widget',
  'storage/postgres/journal/unwritable',
  'chaos/node',
  'gateway/access/user-budgets',
  'gateway/api/fuzz',
  'bench/compare',
  'gateway/listener/node',
  'browser/editor',
  'browser/first-publication',
  'embedded/embedded',
  'chaos/uws',
  'project/readme',
  'gateway/authors/tokens',
  'browser/client-ids',
  'cli/start',
  'gateway/readers/read-path',
  'embedded/move',
  'browser/xss',
  'cli/supervisor',
  'gateway/access/handshake-tickets',
  'gateway/access/one-address',
];

/** Where a file stands among them. */
const rankOf = (/** @type {string} */ file) => {
  const rank = LONGEST.findIndex((name) => file.endsWith(`/test/${name}.test.ts`));
  return rank === -1 ? LONGEST.length : rank;
};

/** A number that files of one folder do not share: those with a browser, say, are not all run at once. FNV-1a over the path below test/. */
const mixed = (/** @type {string} */ file) =>
  [...file.slice(file.lastIndexOf('/test/'))].reduce(
    (hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16_777_619) >>> 0,
    2_166_136_261,
  );

export default {
  files: ['test/**/*.test.ts'],
  extensions: { ts: 'module' },
  // Processes, not threads: native listeners, signals and process-wide patches stay apart.
  workerThreads: false,
  timeout: '3m',
  // More than compute at once: many files wait for deadlines, leases and other processes most of their time.
  concurrency: availableParallelism() * 2,
  // What takes long begins early, so that no file runs alone at the end.
  sortTestFiles: (/** @type {string} */ one, /** @type {string} */ other) =>
    rankOf(one) - rankOf(other) || mixed(one) - mixed(other) || one.localeCompare(other),
  failFast: false,
};
