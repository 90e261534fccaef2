// A short chaos run with the nodes on uWebSockets.js.
import test from 'ava';
import { loadUws } from '../../src/gateway/listener/uws-module.ts';
import { shortRun } from './short-run.ts';

const loaded = loadUws(16_384);

if (loaded.ok) shortRun('uws');
else test.skip(`uws: a chaos run, because uWebSockets.js cannot load here: ${loaded.reason}`, () => undefined);
