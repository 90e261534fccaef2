import test from 'ava';
import { httpContract } from './contracts/listener.ts';
import { quickContract } from './contracts/listener-quick.ts';
import { socketIoContract } from './contracts/listener-socket-io.ts';
import { webSocketContract } from './contracts/listener-web-socket.ts';

httpContract(test, 'node');
quickContract(test, 'node');
webSocketContract(test, 'node');
socketIoContract(test, 'node');
