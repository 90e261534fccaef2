/** A function for parts that are made before what answers them: it does nothing until it is connected. */
export interface Relay<Arguments extends unknown[]> {
  (...args: Arguments): void;
  connect(to: (...args: Arguments) => void): void;
}

export function createRelay<Arguments extends unknown[]>(): Relay<Arguments> {
  let connected: ((...args: Arguments) => void) | undefined;
  return Object.assign((...args: Arguments) => connected?.(...args), {
    connect(to: (...args: Arguments) => void) {
      connected = to;
    },
  });
}
