import test from 'ava';
import { loadUws } from '../src/gateway/listener/uws-module.ts';
import { httpContract } from './contracts/listener.ts';
import { limits } from './contracts/listener-harness.ts';

const loaded = loadUws(limits.maxHeaderBytes);

if (loaded.ok) httpContract(test, 'uws');
else test.skip(`uws: the contract, because uWebSockets.js cannot load here: ${loaded.reason}`, () => undefined);
