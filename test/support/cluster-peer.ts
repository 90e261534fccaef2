// A cluster node in a process of its own, to be killed, paused and cut off by tests. Run as:
// node test/support/cluster-peer.ts URL NODE_ID PREFIX; prints "up" when its link is up, ends when its standard input does.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { connectRedisCluster } from '../../src/cluster/redis/connect.ts';
import { silentLog } from './silent-log.ts';

export interface PeerProcess {
  readonly nodeId: string;
  readonly pid: number;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Closes its cluster; resolves with the exit code of the process, which nothing but the event loop ends. */
  leave(): Promise<number | null>;
}

/** Starts a peer; resolves when its link is up. */
export async function startPeer(url: string, nodeId: string, keyPrefix: string): Promise<PeerProcess> {
  const child = fork(fileURLToPath(import.meta.url), [url, nodeId, keyPrefix], { execArgv: [], stdio: 'inherit' });
  const exited = once(child, 'exit');
  await Promise.race([
    once(child, 'message'),
    exited.then(() => {
      throw new Error('the peer ended before its link was up');
    }),
  ]);
  const pid = child.pid ?? 0;
  return {
    nodeId,
    pid,
    signal: (signal) => void process.kill(pid, signal),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async leave() {
      child.send('leave');
      const [code] = await exited;
      return code as number | null;
    },
  };
}

async function main([url = '', nodeId = '', keyPrefix = '']: string[]): Promise<void> {
  const cluster = await connectRedisCluster({ url, nodeId, log: silentLog, keyPrefix, startWaitMs: 20_000 });
  cluster.redis();
  cluster.handle('echo', async (value) => value);
  cluster.handle('silent', () => new Promise(() => {}));
  cluster.subscribe('news', (value) => cluster.publish('heard', value));
  process.once('message', () => {
    void cluster.close();
    process.disconnect();
  });
  process.once('disconnect', () => void cluster.close());
  process.send?.('up');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
