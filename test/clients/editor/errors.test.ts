// Errors in what the SDK calls: of listeners and of observers of the text. They are reported, and nothing ends or stops.
import test from 'ava';
import { createWorld } from '../../support/node.ts';
import { editor, reads, shows, type } from '../../support/sdk.ts';

test.serial('an error in a listener or an observer ends no process and leaves nothing half done', async (t) => {
  t.timeout(60_000);
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author();
  const doc = await world.document(ann);
  const warned: string[] = [];
  const note = ({ message }: Error): void => void warned.push(message);
  process.on('warning', note);
  t.teardown(() => process.off('warning', note));
  const client = editor(t, node.url, ann);
  client.connection.subscribe(() => {
    throw new Error('from the connection');
  });
  const document = client.open(doc);
  document.status.subscribe(() => {
    throw new Error('from the status');
  });
  document.awareness.on('change', () => {
    throw new Error('from the carets');
  });
  await shows(document, 'saved');
  const other = editor(t, node.url, ann).open(doc);
  await shows(other, 'saved');
  const text = document.ydoc.getText('body');
  text.observe((_event, { local }) => {
    if (!local) throw new Error('from the text');
  });
  for (const word of ['one ', 'two ', 'three ']) {
    type(other, word);
    await reads(document, (read) => read.endsWith(word));
    await shows(document, 'saved');
  }
  type(document, 'and four');
  await shows(document, 'saved');
  await reads(other, (read) => read === 'one two three and four');
  for (const place of ['connection', 'status', 'text']) t.true(warned.includes(`from the ${place}`), warned.join());
});
