/** The contender of `reads`: node:http, one answer, made before the first request. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const body = readFileSync(process.env.BODY_FILE ?? '');
const headers = {
  'content-type': process.env.CONTENT_TYPE,
  'content-length': body.byteLength,
  ...(process.env.CONTENT_ENCODING && { 'content-encoding': process.env.CONTENT_ENCODING }),
};

const server = createServer((_request, response) => {
  response.writeHead(200, headers);
  response.end(body);
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  console.log(`listening at http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.on('SIGTERM', () => process.exit());
