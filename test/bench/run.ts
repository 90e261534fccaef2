/** `npm run bench -- NAME [options]`: runs one benchmark; each prints a JSON line a contender. */
import { parseArgs } from 'node:util';

const HELP = `Usage: npm run bench -- NAME [options]

  durable-edits   what an acknowledged edit costs, beside a floor without Yjs and actors, and Hocuspocus
                  --authors 500 --rate 2 --seconds 30 --warmup 10 --only CONTENDER
  failover        how long authors wait when their node is killed, stopped or drained
                  --authors 50 --rounds 20 --only OPERATION
  api             reading, appending and publishing over HTTP, beside a bare handler with the same SQL
                  --authors 50 --connections 16 --seconds 10 --warmup 4 --only CONTENDER
  reads           a cached public page and its JSON, beside a plain node:http server with a constant of the same size
                  --connections 64 --seconds 4 --warmup 3 --paragraphs 20 --encoding identity --only CONTENDER
                  --paths '/d/{slug},/v1/public/{slug}' --addresses 1
  fanout          sending to many readers of one document, beside Socket.IO on both of its servers, ws and uWebSockets.js
                  --subscribers 2000 --rate 20 --bytes 300 --seconds 20 --warmup 5 --only CONTENDERS
  connections     memory, handshakes and idle CPU of many widget and viewer sockets on one node
                  --widgets 10000 --viewers 5000 --seconds 20
  idle-authors    the node's and the database's CPU while authors have a document open each and nothing changes
                  --authors 1500 --seconds 20 --warmup 10
  conversions     how long authors wait for acknowledgements while another has a large document converted, many times at once
                  --authors 20 --rate 2 --connections 32 --paragraphs 1500 --seconds 15 --warmup 5
  one-address     what idle and dripping connections of one address cost, more than a node takes, and who still gets in
                  --connections 2500 --seconds 8
  pages           script, first paint and layout shift of an article on a slow phone, and typing in a text of 10,000 words
                  --rounds 9 --letters 200
  msgpack         writing and reading frames of the author protocol, and hostile ones, beside msgpackr with the same checks
                  --seconds 1
  search          the first page of searches among many documents, beside search as it was before the index of folded words
                  --documents 100000 --rounds 40
  compare REV [BENCH]
                  this checkout beside a revision, in alternation: ratios and their spread. BENCH is durable-edits (unless
                  given), reads, api, fanout, conversions, one-address or idle-authors, with
                  its options
                  --rounds 5 --checkouts FOLDER (keeps revisions for the next comparison)
`;

const READ_PATHS = '/d/{slug},/v1/public/{slug}';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    authors: { type: 'string' },
    rate: { type: 'string' },
    seconds: { type: 'string' },
    warmup: { type: 'string' },
    rounds: { type: 'string' },
    connections: { type: 'string' },
    subscribers: { type: 'string' },
    bytes: { type: 'string' },
    paragraphs: { type: 'string' },
    encoding: { type: 'string' },
    paths: { type: 'string' },
    addresses: { type: 'string' },
    checkouts: { type: 'string' },
    widgets: { type: 'string' },
    viewers: { type: 'string' },
    letters: { type: 'string' },
    documents: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
const number = (text: string | undefined, fallback: number): number => (text === undefined ? fallback : Number(text));

switch (values.help ? undefined : positionals[0]) {
  case 'durable-edits': {
    const { durableEdits } = await import('./durable-edits/index.ts');
    await durableEdits({
      authors: number(values.authors, 500),
      rate: number(values.rate, 2),
      seconds: number(values.seconds, 30),
      warmupSeconds: number(values.warmup, 10),
      only: values.only,
    });
    break;
  }
  case 'failover': {
    const { failover } = await import('./failover/index.ts');
    await failover({ authors: number(values.authors, 50), rounds: number(values.rounds, 20), only: values.only });
    break;
  }
  case 'api': {
    const { api } = await import('./api/index.ts');
    await api({
      authors: number(values.authors, 50),
      connections: number(values.connections, 16),
      seconds: number(values.seconds, 10),
      warmupSeconds: number(values.warmup, 4),
      only: values.only,
    });
    break;
  }
  case 'reads': {
    const { reads } = await import('./reads/index.ts');
    await reads({
      connections: number(values.connections, 64),
      seconds: number(values.seconds, 4),
      warmupSeconds: number(values.warmup, 3),
      paragraphs: number(values.paragraphs, 20),
      encoding: values.encoding ?? 'identity',
      paths: values.paths ?? READ_PATHS,
      addresses: number(values.addresses, 1),
      only: values.only,
    });
    break;
  }
  case 'fanout': {
    const { fanout } = await import('./fanout/index.ts');
    await fanout({
      subscribers: number(values.subscribers, 2_000),
      rate: number(values.rate, 20),
      bytes: number(values.bytes, 300),
      seconds: number(values.seconds, 20),
      warmupSeconds: number(values.warmup, 5),
      only: values.only,
    });
    break;
  }
  case 'connections': {
    const { connections } = await import('./connections/index.ts');
    await connections({
      widgets: number(values.widgets, 10_000),
      viewers: number(values.viewers, 5_000),
      seconds: number(values.seconds, 20),
    });
    break;
  }
  case 'idle-authors': {
    const { idleAuthors } = await import('./idle-authors/index.ts');
    await idleAuthors({
      authors: number(values.authors, 1_500),
      seconds: number(values.seconds, 20),
      warmupSeconds: number(values.warmup, 10),
    });
    break;
  }
  case 'conversions': {
    const { conversions } = await import('./conversions/index.ts');
    await conversions({
      authors: number(values.authors, 20),
      rate: number(values.rate, 2),
      connections: number(values.connections, 32),
      paragraphs: number(values.paragraphs, 1_500),
      seconds: number(values.seconds, 15),
      warmupSeconds: number(values.warmup, 5),
    });
    break;
  }
  case 'one-address': {
    const { oneAddress } = await import('./one-address/index.ts');
    await oneAddress({ connections: number(values.connections, 2_500), seconds: number(values.seconds, 8) });
    break;
  }
  case 'pages': {
    const { pages } = await import('./pages/index.ts');
    await pages({ rounds: number(values.rounds, 9), letters: number(values.letters, 200) });
    break;
  }
  case 'msgpack': {
    const { msgpack } = await import('./msgpack/index.ts');
    msgpack({ seconds: number(values.seconds, 1) });
    break;
  }
  case 'search': {
    const { search } = await import('./search/index.ts');
    await search({ documents: number(values.documents, 100_000), rounds: number(values.rounds, 40) });
    break;
  }
  case 'compare': {
    const [{ compare }, { BENCHES, isBench }] = await Promise.all([
      import('./compare/index.ts'),
      import('./compare/benches.ts'),
    ]);
    const [, revision, bench = 'durable-edits'] = positionals;
    if (revision === undefined || !isBench(bench)) {
      process.stderr.write(`compare needs a revision, and a benchmark of ${BENCHES.join(', ')}\n`);
      process.exitCode = 2;
      break;
    }
    await compare({
      revision,
      bench,
      rounds: number(values.rounds, 5),
      checkouts: values.checkouts,
      authors: number(values.authors, bench === 'api' ? 50 : 500),
      rate: number(values.rate, bench === 'fanout' ? 20 : 2),
      seconds: number(values.seconds, bench === 'reads' ? 4 : 15),
      warmupSeconds: number(values.warmup, bench === 'reads' ? 3 : 8),
      connections: number(values.connections, bench === 'reads' ? 64 : 16),
      paragraphs: number(values.paragraphs, 20),
      encoding: values.encoding ?? 'identity',
      paths: values.paths ?? READ_PATHS,
      addresses: number(values.addresses, 1),
      subscribers: number(values.subscribers, 2_000),
      bytes: number(values.bytes, 300),
    });
    break;
  }
  default:
    process.stdout.write(HELP);
    process.exitCode = values.help ? 0 : 2;
}
process.exit();
