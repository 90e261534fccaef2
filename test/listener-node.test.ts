import test from 'ava';
import { httpContract } from './contracts/listener.ts';
import { socketIoContract } from './contracts/listener-socket-io.ts';
import { webSocketContract } from './contracts/listener-web-socket.ts';

httpContract(test, 'node');
webSocketContract(test, 'node');
socketIoContract(test, 'node');
