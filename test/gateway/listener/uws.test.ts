import test from 'ava';
import { loadUws } from '../../../src/gateway/listener/uws-module.ts';
import { listenerContract } from '../../contracts/listener.ts';
import { limits } from '../../support/listener-harness.ts';

const loaded = loadUws(limits.maxHeaderBytes);

if (loaded.ok) {
  listenerContract(test, 'uws');
} else {
  test.skip(`uws: the contract, because uWebSockets.js cannot load here: ${loaded.reason}`, () => undefined);
}
