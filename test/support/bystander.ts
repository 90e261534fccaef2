/** An honest author who goes on writing while a test does its worst to the node, and checks that nobody else paid for it. */
import type { ExecutionContext } from 'ava';
import { connectClient, Desk } from './client.ts';
import type { TestNode, World } from './node.ts';

export interface Bystander {
  /** Edits acknowledged so far. */
  readonly acked: number;
  /** Stops after some more edits were acknowledged; asserts that every edit was, in order and without a gap. */
  finish(t: ExecutionContext): Promise<void>;
}

const AFTERWARDS = 5;

export async function startBystander(t: ExecutionContext, world: World, node: TestNode): Promise<Bystander> {
  const author = await world.author('honest');
  const desk = new Desk(await connectClient(t, node.url, { author }), await world.document(author));
  const opened = await desk.open();
  if (!opened.ok) throw new Error(opened.error.code);
  const places: (number | string)[] = [];
  let left = Number.POSITIVE_INFINITY;
  const writing = (async () => {
    while (left > 0) {
      left -= 1;
      const answer = await desk.send(desk.type('word '));
      places.push(answer.ok ? answer.seq : answer.error.code);
      // As a person types: well below the limits.
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  })();
  return {
    get acked() {
      return places.length;
    },
    async finish(t) {
      left = AFTERWARDS;
      await writing;
      t.deepEqual(
        places,
        places.map((_, index) => index + 1),
        'every edit of the honest author was acknowledged in order',
      );
      t.is(desk.client.ended, undefined);
    },
  };
}
