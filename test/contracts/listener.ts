/** What every listener does. One file a rule group. */
import type { TestFn } from 'ava';
import type { Kind } from '../support/listener-harness.ts';
import { bodiesContract } from './listener-bodies.ts';
import { connectionsContract } from './listener-connections.ts';
import { fastPathContract } from './listener-fast-path.ts';
import { requestsContract } from './listener-requests.ts';
import { responsesContract } from './listener-responses.ts';
import { slowSocketsContract } from './listener-slow-sockets.ts';
import { socketIoContract } from './listener-socket-io.ts';
import { webSocketContract } from './listener-web-socket.ts';

export function listenerContract(test: TestFn, kind: Kind): void {
  requestsContract(test, kind);
  bodiesContract(test, kind);
  responsesContract(test, kind);
  connectionsContract(test, kind);
  fastPathContract(test, kind);
  webSocketContract(test, kind);
  slowSocketsContract(test, kind);
  socketIoContract(test, kind);
}
