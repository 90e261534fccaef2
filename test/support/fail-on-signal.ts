// Loaded into a node with `--import`: at SIGUSR2 it throws where nobody catches, as a fault in an event handler does.
process.on('SIGUSR2', () => {
  setImmediate(() => {
    throw new Error('made to fail');
  });
});
