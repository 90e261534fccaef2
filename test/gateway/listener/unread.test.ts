/** In a process of its own, one after the other: these measure its memory. */
import test from 'ava';
import { loadUws } from '../../../src/gateway/listener/uws-module.ts';
import { unreadContract } from '../../contracts/listener-unread.ts';
import { limits } from '../../support/listener-harness.ts';

const loaded = loadUws(limits.maxHeaderBytes);

unreadContract(test, 'node');
if (loaded.ok) unreadContract(test, 'uws');
else test.skip(`uws: the contract, because uWebSockets.js cannot load here: ${loaded.reason}`, () => undefined);
