// Keeps the rules on imports (rules.ts). A violation is a sentence that names the file, what it imports, and the rule. Does not
// know: how they are shown (../imports.ts).
// Between the folders of one folder there is no circle, each taken with all below it: a folder and those below it count as one,
// siblings do not.
import { posix } from 'node:path';
import { createImports, type Imports, sourceFiles } from './imports.ts';
import { DRIVERS, PARTS, type Part } from './rules.ts';

const isWithin = (file: string, path: string): boolean => file === path || file.startsWith(`${path}/`);

/** The parts that have a file, the deepest first. */
function partsOf(file: string, parts: readonly Part[]): Part[] {
  return parts.filter(({ path }) => isWithin(file, path)).toSorted((one, other) => other.path.length - one.path.length);
}

const isFile = (to: string): boolean => /\.(?:ts|mjs|js)$/.test(to) && to.includes('/');

/** Why a file may not import another, or undefined. */
export function refusal(file: string, to: string, parts: readonly Part[] = PARTS): string | undefined {
  const own = partsOf(file, parts);
  const [deepest] = own;
  if (deepest === undefined) return `${file} belongs to no part: give its folder a rule`;
  const drivers = DRIVERS[to];
  if (drivers !== undefined) {
    if (drivers.some((path) => isWithin(file, path))) return undefined;
    return `${file} imports ${to}, which only ${drivers.join(', ')} may`;
  }
  if (!isFile(to) || isWithin(to, deepest.path)) return undefined;
  if (own.some(({ imports }) => imports.some((path) => isWithin(to, path)))) return undefined;
  const may = own.flatMap(({ imports }) => imports);
  return `${file} imports ${to}; ${deepest.path} may import ${may.length === 0 ? 'nothing' : may.join(', ')}`;
}

/** For each folder: which of the folders in it import which others, and by which file. */
function edgesByFolder(files: readonly string[], imports: Imports): Map<string, Map<string, Map<string, string>>> {
  const folders = new Map<string, Map<string, Map<string, string>>>();
  for (const file of files) {
    for (const { to } of imports.of(file).filter((one) => isFile(one.to))) {
      const [from, target] = [posix.dirname(file).split('/'), posix.dirname(to).split('/')];
      const depth = from.findIndex((name, at) => name !== target[at]);
      // One is the other, or above it.
      if (depth === -1 || depth >= target.length) continue;
      const parent = from.slice(0, depth).join('/');
      const edges = folders.get(parent) ?? new Map<string, Map<string, string>>();
      const own = edges.get(from[depth] ?? '') ?? new Map<string, string>();
      folders.set(parent, edges.set(from[depth] ?? '', own));
      if (!own.has(target[depth] ?? '')) own.set(target[depth] ?? '', `${file} imports ${to}`);
    }
  }
  return folders;
}

/** The shortest way from a folder back to itself, each step as the import that makes it. */
function circleFrom(start: string, edges: ReadonlyMap<string, ReadonlyMap<string, string>>): string[] | undefined {
  const ways = new Map<string, string[]>([[start, []]]);
  for (const [folder, way] of ways) {
    for (const [next, why] of edges.get(folder) ?? []) {
      if (next === start) return [...way, why];
      if (!ways.has(next)) ways.set(next, [...way, why]);
    }
  }
  return undefined;
}

/** Folders that import each other, directly or over others; of those in one folder the shortest circle. */
export function folderCircles(files: readonly string[], imports: Imports): string[] {
  return [...edgesByFolder(files, imports)].flatMap(([parent, edges]) => {
    const circles = [...edges.keys()].flatMap((folder) => {
      const circle = circleFrom(folder, edges);
      return circle === undefined ? [] : [circle];
    });
    const [shortest] = circles.toSorted((one, other) => one.length - other.length);
    return shortest === undefined ? [] : [`a circle of folders in ${parent || '.'}: ${shortest.join('; ')}`];
  });
}

/** Every violation in a project: directions in the source, circles also in tests and scripts. */
export function violations(root: string): string[] {
  const imports = createImports(root);
  const source = sourceFiles(root, ['bin', 'migrations', 'schemas', 'src']);
  const wrong = source.flatMap((file) =>
    [...new Set(imports.of(file).map(({ to }) => to))].flatMap((to) => refusal(file, to) ?? []),
  );
  const circles = [source, sourceFiles(root, ['test']), sourceFiles(root, ['scripts'])].flatMap((files) =>
    folderCircles(files, imports),
  );
  return [...wrong, ...circles];
}
