/** One request to the API on a kept connection: what load generators send. */
import { type Agent, request } from 'node:http';
import type { BenchAuthor } from './accounts.ts';

export interface ApiRequest {
  /** Of the node. */
  readonly url: string;
  readonly agent: Agent;
  readonly author: BenchAuthor;
  readonly method: string;
  /** Below the author's document. */
  readonly path: string;
  /** JSON. */
  readonly body?: string | undefined;
}

/** @returns the status, once all of the answer has come */
export function sendRequest({ url, agent, author, method, path, body }: ApiRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/v1/documents/${author.documentId}/${path}`,
      {
        agent,
        method,
        headers: {
          authorization: `Bearer ${author.token}`,
          ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.once('error', reject);
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}
