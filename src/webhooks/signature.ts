/** Signatures and secrets as Standard Webhooks (https://www.standardwebhooks.com) has them. Pure but for new secrets. */
import { createHmac, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

export const newSecret = (): Uint8Array => randomBytes(SECRET_BYTES);

/** The secret as its owner is shown it. */
export const secretText = (secret: Uint8Array): string => `whsec_${Buffer.from(secret).toString('base64')}`;

export interface Message {
  /** The same in all attempts, so that a receiver can recognise duplicates. */
  readonly id: string;
  /** Milliseconds since the Unix epoch of this attempt: receivers refuse what is old. */
  readonly at: number;
  readonly body: string;
  /** All of them sign; a receiver needs one that fits. */
  readonly secrets: readonly Uint8Array[];
}

export function signedHeaders({ id, at, body, secrets }: Message): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const sign = (secret: Uint8Array) =>
    `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map(sign).join(' '),
  };
}
