// Documents where all ways of writing meet: authors with the SDK and without it, developers over HTTP, a stock Yjs client.
import { ApiWriter } from './api-writer.ts';
import { Author } from './author.ts';
import type { Mixed, Replica, Written } from './checker.ts';
import { type Cluster, makeDocument, makePublic, makeUsers, type User } from './cluster.ts';
import type { ChaosOptions } from './options.ts';
import type { Random } from './random.ts';
import { READER_KINDS, Reader } from './readers.ts';
import { StockWriter } from './stock-writer.ts';
import { YjsWriter } from './yjs-writer.ts';

const AUTHORS_A_DOCUMENT = 2;
const API_HABITS = ['append', 'replace', 'revert'] as const;

export interface MixedDocuments {
  readonly documentIds: readonly string[];
  /** Type through the SDK like all others; judged by other rules. */
  readonly authors: readonly Author[];
  /** Of what is published, each in its own way. */
  readonly readers: readonly { readonly documentId: string; readonly reader: Reader }[];
  /** What the checker must know of them. */
  readonly mixed: Mixed;
  begin(): Promise<void>;
  rest(): Promise<void>;
  isSettled(): boolean;
  /** Stock clients that are not in step with the server. */
  astray(): string[];
  written(): Written[];
  replicas(): Replica[];
  describe(): string;
  close(): Promise<void>;
}

/** @param firstId of the authors' and writers' numbers: tokens bear them */
export async function hireMixed(
  cluster: Cluster,
  options: ChaosOptions,
  random: Random,
  reader: User,
  firstId: number,
): Promise<MixedDocuments> {
  const authors: Author[] = [];
  const apiWriters: ApiWriter[] = [];
  const yjsWriters: YjsWriter[] = [];
  const stockWriters: StockWriter[] = [];
  const readers: { documentId: string; reader: Reader }[] = [];
  const documentIds: string[] = [];
  let id = firstId;
  for (let index = 0; index < options.mixed; index += 1) {
    const roles = ['first', 'second', 'yjs', 'stock', ...API_HABITS].map((role) => `mixed-${index}-${role}`);
    const users = await makeUsers(cluster, roles);
    const documentId = await makeDocument(cluster, users[0]!, users, reader);
    documentIds.push(documentId);
    const slug = await makePublic(cluster, documentId, users[0]!);
    for (const kind of READER_KINDS) {
      const urls = cluster.nodes.map((node) => node.url);
      const reader = new Reader({ kind, slug, urls, random: random.fork(`reader ${kind} ${index}`) });
      readers.push({ documentId, reader });
    }
    const ports = cluster.nodes.map((node) => node.port);
    const hire = (user: User) => {
      id += 1;
      return { id, documentId, token: user.token, ports, random: random.fork(`mixed ${id}`) };
    };
    for (const user of users.slice(0, AUTHORS_A_DOCUMENT))
      authors.push(new Author({ ...hire(user), plainHabits: false }));
    yjsWriters.push(new YjsWriter(hire(users[AUTHORS_A_DOCUMENT]!)));
    stockWriters.push(new StockWriter(hire(users[AUTHORS_A_DOCUMENT + 1]!)));
    for (const [place, habit] of API_HABITS.entries()) {
      const user = users[AUTHORS_A_DOCUMENT + 2 + place]!;
      const urls = cluster.nodes.map((node) => node.url);
      apiWriters.push(new ApiWriter({ ...hire(user), habit, userId: user.id, urls }));
    }
  }
  const copiers = apiWriters.filter(({ habit }) => habit !== 'append').map(({ userId }) => userId);
  return {
    documentIds,
    authors,
    readers,
    mixed: { documentIds: new Set(documentIds), copiers: new Set(copiers) },
    async begin() {
      for (const { reader } of readers) reader.begin();
      for (const writer of apiWriters) writer.begin();
      await Promise.all([...authors, ...yjsWriters, ...stockWriters].map((writer) => writer.begin()));
    },
    async rest() {
      await Promise.all([...apiWriters, ...authors, ...yjsWriters, ...stockWriters].map((writer) => writer.rest()));
    },
    isSettled: () =>
      [...authors, ...stockWriters].every((author) => author.isSettled) &&
      yjsWriters.every((writer) => writer.isConnected),
    astray: () => [
      ...yjsWriters.filter((writer) => !writer.isConnected).map((writer) => writer.describe()),
      ...stockWriters.filter((writer) => !writer.isSettled).map((writer) => writer.describe()),
    ],
    written: () =>
      [...apiWriters, ...authors, ...yjsWriters, ...stockWriters].flatMap(({ ledger }) => ledger.written()),
    replicas: () =>
      [...yjsWriters, ...stockWriters].map((writer) => ({
        name: writer instanceof YjsWriter ? 'the copy of a stock Yjs client' : 'the copy of an author without the SDK',
        documentId: writer.documentId,
        state: writer.state(),
      })),
    describe: () =>
      API_HABITS.map((habit) => {
        const counts = apiWriters.filter((writer) => writer.habit === habit).map((writer) => writer.counts);
        const sum = (key: 'done' | 'refused') => counts.reduce((total, count) => total + count[key], 0);
        return `${habit}: ${sum('done')} done, ${sum('refused')} not`;
      }).join('; '),
    async close() {
      await Promise.all([...readers.map(({ reader }) => reader.close()), ...apiWriters.map((writer) => writer.rest())]);
      await Promise.all([...authors, ...yjsWriters, ...stockWriters].map((writer) => writer.close()));
    },
  };
}
