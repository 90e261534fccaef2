// A short chaos run with the nodes on node:http, and a PostgreSQL in which using freed memory shows.
import { shortRun } from './short-run.ts';

shortRun('node', '--perturb');
