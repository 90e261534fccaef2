/** The database of this data directory cannot be started as things are; the message is one sentence that says what to do. */
export class DatabaseRefusal extends Error {
  override readonly name = 'DatabaseRefusal';
}
