// Which test files the words on the command line mean. Does not know: how they are run.
// A file is quick when nothing that it imports, at any distance, reaches a database, Redis, a browser, another process or the
// native listener: what is left is logic, and cannot become slow by a service. No list of files is kept.
import { posix } from 'node:path';
import { createImports, type Imports, sourceFiles } from '../imports/imports.ts';

const BROWSER = 'playwright-core';
const SLOW = new Set(['node:child_process', 'pg', 'ioredis', BROWSER, 'uWebSockets.js']);
/** Options of AVA that take the next word as their value. */
const WITH_VALUE = new Set(['--match', '-m', '--timeout', '-T', '--concurrency', '-c', '--config', '--node-arguments']);
const LINES = /:[\d,-]+$/;

export interface Arguments {
  /** Options for AVA, as they are. */
  readonly options: readonly string[];
  /** Areas and files. */
  readonly words: readonly string[];
}

export function parseArguments(argv: readonly string[]): Arguments {
  const options: string[] = [];
  const words: string[] = [];
  for (const [index, one] of argv.entries()) {
    const isValue = WITH_VALUE.has(argv[index - 1] ?? '');
    (isValue || one.startsWith('-') ? options : words).push(one);
  }
  return { options, words };
}

export const testFiles = (root: string): string[] =>
  sourceFiles(root, ['test']).filter((file) => file.endsWith('.test.ts'));

/**
 * The files that a word means: a path, also with AVA's line numbers; else those below folders, or the file, of that name
 * (`readers`, `storage/postgres/journal`, `scan`); else those whose path has it somewhere.
 */
export function filesOf(word: string, files: readonly string[]): string[] {
  const path = posix.normalize(word.replaceAll('\\', '/')).replace(/\/$/, '');
  const [file = '', lines = ''] = [path.replace(LINES, ''), LINES.exec(path)?.[0]];
  if (files.includes(file)) return [`${file}${lines}`];
  const area = path.replace(/^test\//, '');
  const named = (one: string): string => `/${one.replace(/^test\//, '').replace(/\.test\.ts$/, '')}/`;
  const below = files.filter((one) => named(one).includes(`/${area}/`));
  return below.length > 0 ? below : files.filter((one) => named(one).includes(area));
}

/** @returns the files, each once, or the words that mean none */
export function select(
  words: readonly string[],
  files: readonly string[],
): { readonly files: string[] } | { readonly unknown: string[] } {
  const found = words.map((word) => filesOf(word, files));
  const unknown = words.filter((_, index) => found[index]?.length === 0);
  return unknown.length > 0 ? { unknown } : { files: words.length === 0 ? [...files] : [...new Set(found.flat())] };
}

export function isQuick(file: string, imports: Imports): boolean {
  return [...imports.reachedBy(file.replace(LINES, ''))].every((one) => !SLOW.has(one));
}

/** Of some test files, those that are quick. */
export function quickFiles(root: string, files: readonly string[]): string[] {
  const imports = createImports(root);
  return files.filter((file) => isQuick(file, imports));
}

/** Whether any of the files drives pages, over whatever it imports. */
export function needsBrowser(root: string, files: readonly string[]): boolean {
  const imports = createImports(root);
  return files.some((file) => imports.reachedBy(file.replace(LINES, '')).has(BROWSER));
}

/** The folders directly below test/ that have tests: what a message proposes. */
export function areas(files: readonly string[]): string[] {
  return [...new Set(files.map((file) => file.split('/')[1] ?? ''))].toSorted();
}
