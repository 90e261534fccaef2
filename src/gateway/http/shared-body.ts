/** Bytes that many answers have in common, as the body of one of them. Knows nothing of what they are. */

/** The bytes themselves: as the body of a `Response` they would be copied for each. Nobody may change them. */
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
