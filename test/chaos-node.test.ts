// A short chaos run with the nodes on node:http.
import { shortRun } from './chaos/short-run.ts';

shortRun('node');
