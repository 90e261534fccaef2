/** What a widget shows of a document. */

/** A published revision in full, or the draft of a live document, as widgets get it. */
export interface WidgetPublication {
  /** UUID of the document: a name can pass to another one. */
  readonly id: string;
  /** From 1. */
  readonly revision: number;
  readonly title: string;
  readonly summary: string;
  /** Safe to insert as it stands: a fixed set of elements, no scripts, styles or handlers. */
  readonly html: string;
  /** Handle of who published it. */
  readonly author: string;
  /** RFC 3339. */
  readonly publishedAt: string;
  /** BCP 47. A node of the version before says none. */
  readonly language?: string;
  /** Of a live document, whose title, summary and text are those of its draft: the position. Else null, or left out. */
  readonly seq?: number | null;
}
