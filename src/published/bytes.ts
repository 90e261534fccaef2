/** A body ready to be sent: plain, and compressed once somebody asks for it so. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

export type Coding = 'br' | 'gzip';
/** All of its buffer, which nobody changes or hands on: whoever sends it may use either. */
export type Ready = Uint8Array<ArrayBuffer>;

export interface CachedBytes {
  readonly plain: Ready;
  /** Of the plain bytes, without quotes: equal bytes have equal tags on every node. */
  readonly tag: string;
  /** At once when it was made before; made once, whoever asks meanwhile. */
  encoded(coding: Coding): Ready | Promise<Ready>;
}

/** Made once for many readers: worth more effort than an answer to one. */
const BROTLI_QUALITY = 6;
const TAG_BYTES = 15;

const compressors: Readonly<Record<Coding, (plain: Ready) => Promise<Buffer>>> = {
  br: (plain) =>
    promisify(brotliCompress)(plain, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
      },
    }),
  gzip: (plain) => promisify(gzip)(plain),
};

export const tagOf = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest().subarray(0, TAG_BYTES).toString('base64url');

/** @param onMade told how many bytes came about */
export function createBytes(content: string | Uint8Array, onMade: (bytes: number) => void): CachedBytes {
  const plain: Ready = new Uint8Array(typeof content === 'string' ? Buffer.from(content) : content);
  const made = new Map<Coding, Ready | Promise<Ready>>();
  onMade(plain.length);

  async function make(coding: Coding): Promise<Ready> {
    try {
      const bytes: Ready = new Uint8Array(await compressors[coding](plain));
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
    tag: tagOf(plain),
    encoded(coding) {
      const present = made.get(coding);
      if (present !== undefined) return present;
      const making = make(coding);
      made.set(coding, making);
      return making;
    },
  };
}
