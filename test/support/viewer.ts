/** Viewers of the protocol on `/view` that cannot miss a frame, and authors who publish over HTTP for them to see. */
import { randomBytes } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import type { ErrorBody } from '../../schemas/errors.ts';
import type { LiveText, ViewerEventName, Watched } from '../../schemas/viewer.ts';
import { VIEWER_NAMESPACE, VIEWER_QUERY } from '../../schemas/viewer-namespace.ts';
import { Client, type ClientOptions, type Frame } from './client.ts';
import type { TestAuthor, TestNode } from './node.ts';

type WatchAnswer = Watched | { ok: false; error: ErrorBody };

export class TestViewer extends Client {
  watch(slug: string, since?: number): Promise<WatchAnswer> {
    return this.request('watch', since === undefined ? { slug } : { slug, since });
  }

  /** Takes the next of an event, waiting for it if need be. */
  next(event: ViewerEventName, matches?: (body: Frame['body']) => boolean): Promise<Frame['body']> {
    return this.take(event as never, matches);
  }

  /** Everything that the server had sent when this was called has arrived once it resolves. */
  override async caughtUp(): Promise<void> {
    await this.request('unwatch', { slug: 'nothing' });
  }

  /** Numbers of the revisions that have arrived and were not taken. */
  revisions(): number[] {
    return this.frames.filter(({ event }) => event === 'revision').map(({ body }) => body.revision as number);
  }
}

/** Connects; resolves when the server has let the viewer in or has refused it. */
export async function connectViewer(
  t: ExecutionContext,
  url: string,
  options: ClientOptions = {},
): Promise<TestViewer> {
  const viewer = new TestViewer(t, url + VIEWER_NAMESPACE, { query: VIEWER_QUERY, ...options });
  await viewer.until(() => viewer.socket.connected || viewer.ended !== undefined);
  return viewer;
}

/** The draft as a viewer has it after the messages so far. */
export function liveText(viewer: TestViewer, from: LiveText | null): LiveText {
  let text = from;
  for (const { event, body } of viewer.frames) {
    if (event !== 'live') continue;
    const before: LiveText = body.base === null || !text ? { seq: 0, title: '', summary: '', blocks: [] } : text;
    if (body.base !== null && body.base !== before.seq) continue;
    const blocks = [...before.blocks];
    for (const { at, remove, blocks: fresh } of body.splices) blocks.splice(at, remove, ...fresh);
    text = { seq: body.seq, title: body.title ?? before.title, summary: body.summary ?? before.summary, blocks };
  }
  return text ?? { seq: 0, title: '', summary: '', blocks: [] };
}

export const paragraphs = (...texts: readonly string[]) => ({
  type: 'doc',
  content: texts.map((text) => ({ type: 'paragraph', content: [{ type: 'text', text }] })),
});

/** A document of an author, through the API of a node. */
export class Article {
  readonly id: string;
  readonly slug: string;
  readonly #node: TestNode;
  readonly #author: TestAuthor;

  private constructor(node: TestNode, author: TestAuthor, id: string, slug: string) {
    this.#node = node;
    this.#author = author;
    this.id = id;
    this.slug = slug;
  }

  static async make(node: TestNode, author: TestAuthor, visibility: 'public' | 'private' = 'public'): Promise<Article> {
    // Set, so that it stays when a test changes the title.
    const slug = `cranes-${randomBytes(4).toString('hex')}`;
    const made = await (await node.call('POST', '/v1/documents', author, { title: 'Cranes', slug })).json();
    const { id } = made as { id: string };
    const article = new Article(node, author, id, slug);
    await article.change({ visibility });
    return article;
  }

  async call(method: string, path: string, json?: unknown): Promise<unknown> {
    const ask = () => this.#node.call(method, `/v1/documents/${this.id}${path}`, this.#author, json);
    let response = await ask();
    // A busy machine says so, and when to come back.
    for (let again = 0; response.status === 503 && again < 10; again += 1) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      response = await ask();
    }
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : await response.json();
  }

  change(patch: object): Promise<unknown> {
    return this.call('PATCH', '', patch);
  }

  /** @returns the position of the draft */
  async write(...texts: readonly string[]): Promise<number> {
    return ((await this.call('PUT', '/draft', { body: paragraphs(...texts) })) as { seq: number }).seq;
  }

  /** Writes and publishes; the revision's number. */
  async publish(...texts: readonly string[]): Promise<number> {
    if (texts.length > 0) await this.write(...texts);
    return ((await this.call('POST', '/publish')) as { number: number }).number;
  }

  async grant(handle: string, level: string): Promise<void> {
    await this.call('PUT', `/grants/${handle}`, { level });
  }

  async revoke(handle: string): Promise<void> {
    await this.call('DELETE', `/grants/${handle}`);
  }
}
