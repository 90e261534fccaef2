// AVA runs the TypeScript files as they are: Node strips the types.
export default {
  files: ['test/**/*.test.ts'],
  extensions: { ts: 'module' },
  // Processes, not threads: native listeners, signals and process-wide patches stay apart.
  workerThreads: false,
  timeout: '3m',
  concurrency: 2,
  failFast: false,
};
