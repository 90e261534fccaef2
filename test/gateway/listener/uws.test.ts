import test from 'ava';
import { loadUws } from '../../../src/gateway/listener/uws-module.ts';
import { httpContract } from '../../contracts/listener.ts';
import { fastPathContract } from '../../contracts/listener-fast-path.ts';
import { socketIoContract } from '../../contracts/listener-socket-io.ts';
import { webSocketContract } from '../../contracts/listener-web-socket.ts';
import { limits } from '../../support/listener-harness.ts';

const loaded = loadUws(limits.maxHeaderBytes);

if (loaded.ok) {
  httpContract(test, 'uws');
  fastPathContract(test, 'uws');
  webSocketContract(test, 'uws');
  socketIoContract(test, 'uws');
} else {
  test.skip(`uws: the contract, because uWebSockets.js cannot load here: ${loaded.reason}`, () => undefined);
}
