// Writes the AsyncAPI document to schemas/asyncapi.json, for clients that are made from it: node scripts/asyncapi.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { SOCKET_CHANNELS } from '../schemas/sockets.ts';
import { asyncApiOf } from '../src/gateway/api/reference/asyncapi.ts';

const FILE = new URL('../schemas/asyncapi.json', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** The file's text. */
export function asyncApiText(): string {
  return `${JSON.stringify(asyncApiOf(SOCKET_CHANNELS, version), null, 2)}\n`;
}

if (import.meta.main) writeFileSync(FILE, asyncApiText());
