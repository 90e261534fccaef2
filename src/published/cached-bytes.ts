/** A body ready to be sent: plain, and compressed once a client accepts that. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Of HTTP: how a body is compressed. */
export type ContentCoding = 'br' | 'gzip';
/** All of its buffer, which is never changed: it may be sent as it is. */
export type Bytes = Uint8Array<ArrayBuffer>;

export interface CachedBytes {
  readonly plain: Bytes;
  /** Of the plain bytes, for an entity tag: equal bytes have equal tags on every node. */
  readonly tag: string;
  /** At once when it was made before; made once, however many call meanwhile. */
  encoded(coding: ContentCoding): Bytes | Promise<Bytes>;
}

/** Made once for many readers: worth more effort than an answer to one. */
const BROTLI_QUALITY = 6;
const TAG_BYTES = 15;

const compressors: Readonly<Record<ContentCoding, (plain: Bytes) => Promise<Buffer>>> = {
  br: (plain) =>
    promisify(brotliCompress)(plain, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
      },
    }),
  gzip: (plain) => promisify(gzip)(plain),
};

/** For an entity tag; the same on every node. */
export const contentTag = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest().subarray(0, TAG_BYTES).toString('base64url');

/** @param onMade called with the number of bytes that were made */
export function createBytes(content: string | Uint8Array, onMade: (bytes: number) => void): CachedBytes {
  const plain: Bytes = new Uint8Array(typeof content === 'string' ? Buffer.from(content) : content);
  const made = new Map<ContentCoding, Bytes | Promise<Bytes>>();
  onMade(plain.length);

  async function make(coding: ContentCoding): Promise<Bytes> {
    try {
      const bytes: Bytes = new Uint8Array(await compressors[coding](plain));
      made.set(coding, bytes);
      onMade(bytes.length);
      return bytes;
    } catch (error) {
      made.delete(coding);
      throw error;
    }
  }

  return {
    plain,
    tag: contentTag(plain),
    encoded(coding) {
      const present = made.get(coding);
      if (present !== undefined) return present;
      const making = make(coding);
      made.set(coding, making);
      return making;
    },
  };
}
