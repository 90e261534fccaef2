/** The port is another program's, for now: the start may be tried again. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  constructor(host: string, port: number) {
    super(`could not listen on ${host}:${port}: it is in use, or not an address of this machine; change PORT or HOST`);
  }
}
