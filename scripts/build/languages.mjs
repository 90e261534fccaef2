/** Builds a page in one language: its imports of the English texts lead to the same catalogues of that language. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

const ENGLISH = /\/messages\/en\/[\w-]+\.ts$/;

/**
 * The languages that have texts: the folders of the catalogues.
 * @param {string} messages
 */
export const languagesIn = (messages) =>
  readdirSync(messages, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/**
 * @param {string} language
 * @returns {import('esbuild').Plugin} a page that imports a catalogue which the language does not have ends the build
 */
export const textsIn = (language) => ({
  name: 'texts',
  setup(build) {
    build.onResolve({ filter: ENGLISH }, ({ path, resolveDir, importer }) => {
      const english = join(resolveDir, path);
      const catalogue = join(dirname(english), '..', language, path.slice(path.lastIndexOf('/') + 1));
      if (existsSync(catalogue)) return { path: catalogue };
      const named = catalogue.split(sep).slice(-3).join('/');
      return { errors: [{ text: `${importer} needs ${named}: a page is there in a language wholly, or not at all` }] };
    });
  },
});
