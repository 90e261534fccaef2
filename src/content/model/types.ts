/** The shapes that content has outside of Yjs: ProseMirror's JSON and what a draft consists of. */

export interface Mark {
  type: string;
  attrs?: Record<string, unknown>;
}

export interface Node {
  type: string;
  attrs?: Record<string, unknown>;
  content?: Node[];
  marks?: Mark[];
  text?: string;
}

/** A child of the body: paragraph, heading, list… */
export type Block = Node;

/** The whole text: a node of type `doc`. */
export interface Body {
  type: 'doc';
  content: Block[];
}

export interface DraftContent {
  /** Null while the draft never had a title of its own. */
  title: string | null;
  summary: string;
  body: Body;
  /** The body is blank, and the text stands in these root types of the Yjs document: see `elsewhere.ts`. */
  textElsewhere?: readonly string[];
}

/** What a write changes; what is left out stays. `append` goes behind the last block, after `body` took its place. */
export interface DraftChange {
  title?: string;
  summary?: string;
  body?: Body;
  append?: readonly Block[];
}

/** What came in, as a body; or what is wrong with it, for the one who sent it. */
export type Parsed = { readonly ok: true; readonly body: Body } | { readonly ok: false; readonly detail: string };
export type ParsedBlocks =
  | { readonly ok: true; readonly blocks: readonly Block[] }
  | { readonly ok: false; readonly detail: string };
