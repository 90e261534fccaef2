// AVA runs the TypeScript files as they are: Node strips the types.
export default {
  files: ['test/**/*.test.ts'],
  extensions: { ts: 'module' },
  timeout: '3m',
  concurrency: 2,
  failFast: false,
};
