/** PostgreSQL takes well-formed text without U+0000 only: what is neither becomes U+FFFD. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');
