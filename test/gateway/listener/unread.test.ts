/** In a process of its own, one after the other: these measure its memory. */
import test from 'ava';
import { loadUws } from '../../../src/gateway/listener/uws-module.ts';
import { limits } from '../../contracts/listener-harness.ts';
import { unreadContract } from '../../contracts/listener-unread.ts';

const loaded = loadUws(limits.maxHeaderBytes);

unreadContract(test, 'node');
if (loaded.ok) unreadContract(test, 'uws');
else test.skip(`uws: the contract, because uWebSockets.js cannot load here: ${loaded.reason}`, () => undefined);
