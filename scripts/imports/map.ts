// The map of the parts, drawn from the rules on imports: a Mermaid graph and a table in ARCHITECTURE.md between two markers. An arrow
// leads from what imports to what is imported; what follows from other arrows is left out of the graph, and is in the table.
import { DRIVERS, PARTS, type Part } from './rules.ts';

const BEGIN = '<!-- drawn by scripts/imports.ts from scripts/imports/rules.ts -->';
const END = '<!-- end of what is drawn -->';

/** `src/gateway/api` as `gateway/api`. */
const labelOf = (path: string): string => path.replace(/^src\//, '');
const idOf = (path: string): string => labelOf(path).replaceAll(/[/.]/g, '_');

const isBelow = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);

/** The part that a part is drawn in: the deepest one above it. */
function frameOf(path: string, parts: readonly Part[]): string | undefined {
  return parts
    .filter((one) => isBelow(path, one.path))
    .toSorted((one, other) => other.path.length - one.path.length)
    .at(0)?.path;
}

/** Everything that is reached from a part by the rules in more than one step. */
function reachedOver(part: Part, parts: readonly Part[]): ReadonlySet<string> {
  const importsOf = (path: string): readonly string[] => parts.find((one) => one.path === path)?.imports ?? [];
  const reached = new Set(part.imports.flatMap(importsOf));
  for (const one of reached) for (const next of importsOf(one)) reached.add(next);
  return reached;
}

function boxesIn(frame: string | undefined, parts: readonly Part[], indent: string): string[] {
  return parts
    .filter(({ path }) => frameOf(path, parts) === frame)
    .flatMap(({ path }) => {
      const within = boxesIn(path, parts, `${indent}  `);
      const box = `${idOf(path)}["${labelOf(path)}"]`;
      return within.length === 0 ? [`${indent}${box}`] : [`${indent}subgraph ${box}`, ...within, `${indent}end`];
    });
}

export function graph(parts: readonly Part[] = PARTS): string {
  const arrows = parts.flatMap((part) => {
    const over = reachedOver(part, parts);
    return part.imports.filter((to) => !over.has(to)).map((to) => `  ${idOf(part.path)} --> ${idOf(to)}`);
  });
  return ['```mermaid', 'graph TD', ...boxesIn(undefined, parts, '  '), ...arrows, '```'].join('\n');
}

const code = (path: string): string => `\`${labelOf(path)}\``;

export function table(parts: readonly Part[] = PARTS): string {
  const rows = parts.map(({ path, imports }) => {
    const frame = frameOf(path, parts);
    const inherited = frame === undefined ? [] : [`what ${code(frame)} may`];
    const may = [...imports.map(code), ...inherited].join(', ') || 'nothing';
    const drivers = Object.keys(DRIVERS).filter((name) => DRIVERS[name]?.includes(path));
    return `| ${code(path)} | ${may} | ${drivers.map(code).join(', ')} |`;
  });
  return ['| part | may import | drivers |', '|---|---|---|', ...rows].join('\n');
}

/** The page with the map in the place of the one between the markers. */
export function withMap(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error('the page has no markers for the map');
  return `${page.slice(0, begin)}${BEGIN}\n\n${graph()}\n\n${table()}\n\n${page.slice(end)}`;
}
