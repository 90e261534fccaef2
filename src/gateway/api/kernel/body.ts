/**
 * Validation of what a request carries: bytes within a limit, JSON that matches its schema. Nothing behind it sees input that was
 * not validated (I9).
 */
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { type ErrorCode, failure } from '../../../../schemas/errors.ts';
import { problem, problemOf } from '../../http/problem.ts';

/** Either the value, or the response that refuses it. */
export type Validated<T> = { ok: true; value: T } | { ok: false; refusal: Response };

const refuse = (code: ErrorCode, detail: string): { ok: false; refusal: Response } => ({
  ok: false,
  refusal: problem(failure(code), { detail }),
});

/** Characters of a client's field name that an error quotes. */
const NAME_CHARS = 64;

/** A compiled schema: the value, or a sentence that names the invalid field. */
export type Check<T> = (value: unknown) => { ok: true; value: T } | { ok: false; detail: string };

/** Compiles a schema once. */
export function checkerOf<S extends TSchema>(schema: S): Check<Static<S>> {
  const compiled = Compile(schema);
  return (value) =>
    compiled.Check(value)
      ? { ok: true, value: value as Static<S> }
      : { ok: false, detail: describe(compiled.Errors(value)) };
}

interface Fault {
  keyword: string;
  instancePath: string;
  params: object;
  message: string;
}

/** One sentence about the most useful fault; those about unknown fields come last, because a misspelt name causes two. */
function describe(faults: readonly Fault[]): string {
  const fault = faults.find(({ keyword }) => keyword !== 'boolean') ?? faults[0];
  if (!fault) return 'The body does not match the schema.';
  const field = fault.instancePath.slice(1, 1 + NAME_CHARS) || 'body';
  const params = fault.params as Record<string, unknown>;
  switch (fault.keyword) {
    case 'additionalProperties': {
      const [unknown] = params.additionalProperties as string[];
      return `${unknown?.slice(0, NAME_CHARS)}: is not a known field.`;
    }
    case 'required':
      return `${(params.requiredProperties as string[])[0]}: is required.`;
    case 'const':
    case 'anyOf': {
      const accepted = faults
        .filter(({ keyword, instancePath }) => keyword === 'const' && instancePath === fault.instancePath)
        .map(({ params: { allowedValue } }: { params: { allowedValue?: unknown } }) => String(allowedValue));
      return `${field}: must be one of ${accepted.join(', ')}.`;
    }
    case 'pattern':
      return `${field}: has an invalid format.`;
    default:
      return `${field}: ${fault.message}.`;
  }
}

/** The media type without its parameters, in lower case; empty when none was sent. */
export function mediaType(request: Request): string {
  return (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Reads a body of at most `maxBytes`; one that is longer is not read to its end. */
export async function readBytes(
  request: Request,
  maxBytes: number,
  tooLarge: 'body_too_large' | 'update_too_large',
): Promise<Validated<Uint8Array>> {
  const refusal = { ok: false, refusal: problemOf(tooLarge, { detail: `At most ${maxBytes} bytes.` }) } as const;
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return refusal;
  if (!request.body) return { ok: true, value: new Uint8Array(0) };
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    // Leaving the loop early cancels the stream.
    for await (const chunk of request.body) {
      size += chunk.byteLength;
      if (size > maxBytes) return refusal;
      chunks.push(chunk);
    }
  } catch {
    return refuse('bad_request', 'The body ended early.');
  }
  return { ok: true, value: Buffer.concat(chunks, size) };
}
