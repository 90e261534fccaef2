/**
 * Leaves out of the pages what they never use of Socket.IO: transports besides WebSocket, and its own parser, in whose place the
 * pages' connections name another (`src/lib/msgpack/packet-parser.ts`). That is a sixth of the reading page's script.
 */

const TRANSPORTS = /[\\/]engine\.io-client[\\/]build[\\/]esm[\\/]transports[\\/](?:polling|webtransport)[\w.-]*\.js$/;
const PARSER = /[\\/]socket\.io-parser[\\/]build[\\/]esm[\\/]index\.js$/;
/** What comes with these alone: it would be there if a release of Socket.IO had arranged its files differently. */
const UNUSED = /engine\.io-client\/.*\/has-cors\.js|socket\.io-parser\/.*\/(?:binary|is-binary)\.js$/;

/** All names by which the index of the transports knows them. */
const NO_TRANSPORT = 'export const Fetch = undefined, WT = undefined, XHR = undefined;';
/** Of the Socket.IO protocol, version 5. */
const PACKET_TYPES = `export const protocol = 5;
export const PacketType = { CONNECT: 0, DISCONNECT: 1, EVENT: 2, ACK: 3, CONNECT_ERROR: 4, BINARY_EVENT: 5, BINARY_ACK: 6 };`;

/** @type {import('esbuild').Plugin} */
export const websocketAlone = {
  name: 'websocket-alone',
  setup(build) {
    build.onLoad({ filter: TRANSPORTS }, () => ({ contents: NO_TRANSPORT }));
    build.onLoad({ filter: PARSER }, () => ({ contents: PACKET_TYPES }));
  },
};

/**
 * @param {import('esbuild').Metafile} metafile
 * @throws when what is left out came along all the same
 */
export function refuseUnused({ inputs }) {
  const unused = Object.keys(inputs).find((input) => UNUSED.test(input));
  if (unused !== undefined) throw new Error(`${unused} is in a page, and nothing there uses it`);
}
