/**
 * Where a request says that it came in. The Host header is the client's word: only a plain one is used, and what is made
 * of it is an address (a port, for one, is 65535 at most).
 */

const PLAIN_HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

const hostOf = (request: Request): string | undefined => {
  const host = request.headers.get('host');
  return host !== null && PLAIN_HOST.test(host) && URL.canParse(`http://${host}`) ? host.toLowerCase() : undefined;
};

/** `https://host`; undefined when the request does not say it plainly. */
export function originOf(request: Request, secure: boolean): string | undefined {
  const host = hostOf(request);
  return host === undefined ? undefined : `${secure ? 'https' : 'http'}://${host}`;
}

/** Some browsers do not count a WebSocket to the same host as 'self': what to add to a policy. */
export function socketsOf(request: Request): string {
  const host = hostOf(request);
  return host === undefined ? '' : ` ws://${host} wss://${host}`;
}
