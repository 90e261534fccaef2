// The rules on who may import whom, in the only place where they are written: check.ts keeps them, map.ts draws them. Besides these,
// no folder imports another that imports it (check.ts), and no file one that imports it (biome.json).

export interface Part {
  /** A folder with all below it, or a file. A file belongs to the deepest part that has it. */
  readonly path: string;
  /** What its files may import besides itself and what is below it; a part within another may also import what that one may. */
  readonly imports: readonly string[];
}

const TOOLS = ['schemas', 'src/lib'];
/** What everything on the server may know: texts, tools, and interfaces without what implements them. */
const INSIDE = [...TOOLS, 'src/content', 'src/ports'];
/** What happens to documents. */
const WORK = ['src/actors', 'src/publishing', 'src/published', 'src/webhooks'];
const GATEWAY_TOOLS = ['src/gateway/access', 'src/gateway/listener', 'src/gateway/http'];

export const PARTS: readonly Part[] = [
  { path: 'schemas', imports: [] },
  { path: 'src/lib', imports: [] },
  { path: 'src/messages', imports: ['src/lib'] },
  { path: 'src/messages/en', imports: [] },
  { path: 'src/messages/widget.ts', imports: ['src/messages'] },
  { path: 'src/content', imports: TOOLS },
  { path: 'src/ports', imports: [...TOOLS, 'src/content'] },
  { path: 'src/actors', imports: INSIDE },
  { path: 'src/publishing', imports: INSIDE },
  { path: 'src/published', imports: INSIDE },
  { path: 'src/webhooks', imports: INSIDE },

  { path: 'src/gateway', imports: [...INSIDE, 'src/messages', 'src/actors', 'src/publishing', 'src/published'] },
  { path: 'src/gateway/access', imports: [] },
  { path: 'src/gateway/listener', imports: ['src/gateway/access'] },
  { path: 'src/gateway/http', imports: ['src/gateway/access', 'src/gateway/listener'] },
  { path: 'src/gateway/ops', imports: GATEWAY_TOOLS },
  { path: 'src/gateway/app', imports: GATEWAY_TOOLS },
  { path: 'src/gateway/widget', imports: GATEWAY_TOOLS },
  { path: 'src/gateway/sdk', imports: GATEWAY_TOOLS },
  { path: 'src/gateway/authors', imports: GATEWAY_TOOLS },
  // Both serve drafts: who may follow one, and the carets in it, are the author protocol's.
  { path: 'src/gateway/yjs', imports: [...GATEWAY_TOOLS, 'src/gateway/authors'] },
  { path: 'src/gateway/readers', imports: [...GATEWAY_TOOLS, 'src/gateway/authors'] },
  { path: 'src/gateway/api', imports: GATEWAY_TOOLS },
  { path: 'src/gateway/api/kernel', imports: [] },
  { path: 'src/gateway/api/content', imports: ['src/gateway/api/kernel'] },
  { path: 'src/gateway/api/reference', imports: ['src/gateway/api/kernel'] },
  { path: 'src/gateway/api/streams', imports: ['src/gateway/api/kernel'] },
  {
    path: 'src/gateway/api/operations',
    imports: ['kernel', 'content', 'reference', 'streams'].map((name) => `src/gateway/api/${name}`),
  },

  { path: 'migrations', imports: [] },
  { path: 'src/storage', imports: [...INSIDE, 'migrations'] },
  { path: 'src/cluster', imports: INSIDE },
  { path: 'src/config', imports: ['src/lib'] },
  { path: 'src/embedded', imports: ['src/lib'] },
  { path: 'src/node', imports: [...INSIDE, ...WORK, 'src/gateway', 'src/storage', 'src/cluster', 'src/config'] },
  {
    path: 'src/main.ts',
    imports: [...INSIDE, ...WORK, 'src/gateway', 'src/storage', 'src/cluster', 'src/config', 'src/node'],
  },
  {
    path: 'src/cli',
    imports: [...INSIDE, 'src/gateway', 'src/storage', 'src/config', 'src/embedded', 'src/node', 'src/main.ts'],
  },
  { path: 'bin', imports: ['src/cli'] },
  // The build puts the texts of other languages in the place of the English ones; the widget has those of all languages.
  { path: 'src/clients', imports: [...TOOLS, 'src/content', 'src/messages/en', 'src/messages/widget.ts'] },
];

/** Packages that lead out of the process, and the parts that may import them. */
export const DRIVERS: Readonly<Record<string, readonly string[]>> = {
  pg: ['src/storage', 'src/embedded', 'src/cli'],
  '@mikro-orm/core': ['src/storage', 'migrations'],
  '@mikro-orm/postgresql': ['src/storage'],
  '@mikro-orm/migrations': ['src/storage', 'migrations'],
  ioredis: ['src/cluster', 'src/published', 'src/node', 'src/cli'],
  '@socket.io/redis-adapter': ['src/cluster'],
  'socket.io': ['src/gateway', 'src/node'],
  'uWebSockets.js': ['src/gateway/listener', 'src/cli'],
  ws: ['src/gateway/listener'],
  hono: ['src/gateway'],
  'socket.io-client': ['src/clients'],
};
