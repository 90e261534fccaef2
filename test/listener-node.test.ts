import test from 'ava';
import { httpContract } from './contracts/listener.ts';

httpContract(test, 'node');
