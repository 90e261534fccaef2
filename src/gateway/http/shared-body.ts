/** Bytes that many responses share, as the body of one of them. Knows nothing of what they are. */

/** The bytes themselves, which must not change: as the body of a `Response` they would be copied for each. */
export const sharedBody = (bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> =>
  new ReadableStream(
    {
      pull(controller) {
        controller.enqueue(bytes);
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
