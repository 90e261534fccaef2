/** Types of the HTTP API, made from `schemas/openapi.json` by `scripts/openapi-types.ts`: change the operations, not this file. */

export interface paths {
  '/v1/sessions': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Sign in */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewSession'];
        };
      };
      responses: {
        201: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['Session'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sessions/current': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Get the current session */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['CurrentSession'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    /** Sign out */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        204: { headers: Record<string, unknown>; content?: never };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/handshake-ticket': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Get a handshake ticket */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['HandshakeTicket'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tokens': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List your API tokens */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['TokenList'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Create an API token */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewToken'];
        };
      };
      responses: {
        201: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['TokenWithSecret'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tokens/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    /** Revoke an API token */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        204: { headers: Record<string, unknown>; content?: never };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List the documents that you have access to */
    get: {
      parameters: {
        query?: {
          /** Maximum number of entries */
          limit?: number;
          /** Cursor: `next` of the previous page */
          after?: string;
          /** Words to find in title, summary and text; supports "phrases" and -exclusions */
          q?: string;
          /** Who can read the published document: everyone, or users with a grant */
          visibility?: 'public' | 'private';
          /** `deleted`: documents that you own and can restore */
          state?: 'draft' | 'published' | 'scheduled' | 'deleted';
          role?: 'view' | 'edit' | 'own';
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['DocumentList'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Create a document */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Repeated requests with the same key get the first one’s response, for 24 hours */
          'Idempotency-Key'?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewDocument'];
        };
      };
      responses: {
        201: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['Document'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read a document’s metadata */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['DocumentWithGrants'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    /** Delete a document */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        204: { headers: Record<string, unknown>; content?: never };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    /** Update a document’s metadata */
    patch: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['DocumentPatch'];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['DocumentWithGrants'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    trace?: never;
  };
  '/v1/documents/{id}/restore': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Restore a deleted document */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['DocumentWithGrants'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}/draft': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read the draft */
    get: {
      parameters: {
        query?: {
          /** Takes precedence over the `Accept` header; `yjs` is the state as one Yjs v1 update */
          format?: 'json' | 'html' | 'markdown' | 'text' | 'yjs';
        };
        header?: {
          /** Respond with 304 if this is still the current version */
          'If-None-Match'?: string;
        };
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['Draft'];
            'text/html': string;
            'text/markdown': string;
            'text/plain': string;
            'application/octet-stream': Blob;
          };
        };
        304: { headers: Record<string, unknown>; content?: never };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        406: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /** Replace the draft */
    put: {
      parameters: {
        query?: {
          /** The position that your text is based on: changes that authors made since then are kept */
          base?: number;
        };
        header?: {
          /** Write only if the draft is still at this position: its `ETag`, or 412 */
          'If-Match'?: string;
          /** Repeated requests with the same key get the first one’s response, for 24 hours */
          'Idempotency-Key'?: string;
        };
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['DraftWrite'];
          'text/html': string;
          'text/markdown': string;
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['Accepted'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        412: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}/draft/blocks': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Append blocks to the draft */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Write only if the draft is still at this position: its `ETag`, or 412 */
          'If-Match'?: string;
          /** Repeated requests with the same key get the first one’s response, for 24 hours */
          'Idempotency-Key'?: string;
        };
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewBlocks'];
          'text/html': string;
          'text/markdown': string;
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['Accepted'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        412: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}/updates': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Apply a Yjs update to the draft */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/octet-stream': Blob;
          'text/plain': Blob;
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['Accepted'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}/history': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read the draft at an earlier position */
    get: {
      parameters: {
        query: {
          /** The position; 0 is the empty draft */
          at: number;
          /** Takes precedence over the `Accept` header; `yjs` is the state as one Yjs v1 update */
          format?: 'json' | 'html' | 'markdown' | 'text' | 'yjs';
        };
        header?: {
          /** Respond with 304 if this is still the current version */
          'If-None-Match'?: string;
        };
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['PastDraft'];
            'text/html': string;
            'text/markdown': string;
            'text/plain': string;
            'application/octet-stream': Blob;
          };
        };
        304: { headers: Record<string, unknown>; content?: never };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        406: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}/revisions': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List revisions */
    get: {
      parameters: {
        query?: {
          /** Maximum number of entries */
          limit?: number;
          /** Revisions with lower numbers: `next` of the previous page */
          before?: number;
        };
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['RevisionList'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}/revisions/{number}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read a revision */
    get: {
      parameters: {
        query?: {
          /** Takes precedence over the `Accept` header */
          format?: 'json' | 'html' | 'markdown' | 'text';
        };
        header?: {
          /** Respond with 304 if this is still the current version */
          'If-None-Match'?: string;
        };
        path: {
          /** UUID, lower case */
          id: string;
          number: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['Revision'];
            'text/html': string;
            'text/markdown': string;
            'text/plain': string;
          };
        };
        304: { headers: Record<string, unknown>; content?: never };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        406: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}/revisions/{number}/diff': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Compare a revision with another */
    get: {
      parameters: {
        query?: {
          /** The revision to compare with; by default the one before */
          from?: number;
        };
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
          number: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['RevisionDiff'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}/publish': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Publish the draft */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Publish only if the draft is still at this position, given as its `ETag`; otherwise 412 */
          'If-Match'?: string;
          /** Repeated requests with the same key get the first one’s response, for 24 hours */
          'Idempotency-Key'?: string;
        };
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        201: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['RevisionSummary'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        412: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}/unpublish': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Unpublish a document */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        204: { headers: Record<string, unknown>; content?: never };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}/schedule': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    /** Schedule a publication */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewSchedule'];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['Schedule'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    /** Cancel a scheduled publication */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        204: { headers: Record<string, unknown>; content?: never };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}/revert': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Revert the draft to a revision */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** Write only if the draft is still at this position: its `ETag`, or 412 */
          'If-Match'?: string;
          /** Repeated requests with the same key get the first one’s response, for 24 hours */
          'Idempotency-Key'?: string;
        };
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['Revert'];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['Accepted'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        412: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        422: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/public/{slug}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Get a public document */
    get: {
      parameters: {
        query?: never;
        header?: {
          /** The `ETag` of an earlier response: 304 if it is still current */
          'If-None-Match'?: string;
        };
        path: {
          /** The name in its URL */
          slug: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['PublicDocument'];
          };
        };
        304: { headers: Record<string, unknown>; content?: never };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/public/{slug}/events': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Follow a public document */
    get: {
      parameters: {
        query?: {
          /** The newest revision that you have, of `document` if given; 0: none */
          after?: number;
          /** UUID, lower case */
          document?: string;
          /** Seconds to wait for a revision; long polling only */
          wait?: number;
        };
        header?: {
          /** Of the newest revision that was received, or its number; takes precedence over `after` */
          'Last-Event-ID'?: string;
        };
        path: {
          /** The name in its URL */
          slug: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['PublicRevisionPage'];
            'text/event-stream': string;
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}/events': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Stream a document’s events */
    get: {
      parameters: {
        query?: {
          /** Position: the draft’s `seq`, a dot, the last revision, and `u` if that was withdrawn. `0.0` is the beginning */
          after?: string;
          /** Seconds to wait for the first event; long polling only */
          wait?: number;
        };
        header?: {
          /** Position of the last event received; takes precedence over `after` */
          'Last-Event-ID'?: string;
        };
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['EventPage'];
            'text/event-stream': string;
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}/grants': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List grants */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['GrantList'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}/grants/{handle}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    /** Grant a user access */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
          handle: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['SetGrant'];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['Grant'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    /** Revoke a user’s access */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
          handle: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        204: { headers: Record<string, unknown>; content?: never };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}/stats': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Get view counts */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['DocumentStats'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/documents/{id}/audit': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List audit events */
    get: {
      parameters: {
        query?: {
          /** Maximum number of entries */
          limit?: number;
          /** Cursor: `next` of the previous page */
          after?: string;
        };
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['AuditPage'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/webhooks': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List your webhooks */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['WebhookList'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Create a webhook */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewWebhook'];
        };
      };
      responses: {
        201: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['WebhookWithSecret'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/webhooks/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Read a webhook */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['Webhook'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    /** Delete a webhook and its deliveries */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        204: { headers: Record<string, unknown>; content?: never };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    /** Update a webhook */
    patch: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['WebhookChange'];
        };
      };
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['WebhookWithSecret'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        413: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        415: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    trace?: never;
  };
  '/v1/webhooks/{id}/deliveries': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List deliveries */
    get: {
      parameters: {
        query?: {
          /** Maximum number of entries */
          limit?: number;
          /** Cursor: `next` of the previous page */
          after?: string;
        };
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['DeliveryList'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/webhooks/{id}/test': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Send a `webhook.test` event */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        202: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['Delivery'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/webhooks/{id}/deliveries/{delivery}/redeliver': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Redeliver */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** UUID, lower case */
          id: string;
          /** UUID, lower case */
          delivery: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        202: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['Delivery'];
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        401: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        403: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        404: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        409: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/openapi.json': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Get the OpenAPI 3.1 document of this API */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': Record<string, unknown>;
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/asyncapi.json': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Sockets and event streams as an AsyncAPI 3.0 document */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': Record<string, unknown>;
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/docs': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Get the reference of this API as a page */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'text/html': string;
          };
        };
        400: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        429: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        500: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        503: {
          headers: Record<string, unknown>;
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}

export interface components {
  schemas: {
    Accepted: {
      /** Position of the draft */
      seq: number;
    };
    AuditActor: {
      kind: 'user' | 'token' | 'operator' | 'system';
      handle?: string;
      /** UUID, lower case */
      userId?: string;
      /** UUID, lower case */
      tokenId?: string;
      /** UUID, lower case */
      sessionId?: string;
      ip?: string;
      userAgent?: string;
      requestId?: string;
      /** `www`, `m`, `api` or `widget` */
      surface?: string;
      /** `https` or `http` */
      transport?: string;
    };
    AuditEvent: {
      /** UUID, lower case */
      id: string;
      /** RFC 3339, UTC */
      at: string;
      /** `document.published`, `grant.set`, `draft.edited`… */
      action: string;
      outcome: 'ok' | 'denied' | 'failed';
      actor: components['schemas']['AuditActor'];
      /** Present if it is small */
      before?: Record<string, unknown>;
      /** Present if it is small */
      after?: Record<string, unknown>;
      details?: Record<string, unknown>;
    };
    AuditPage: {
      events: components['schemas']['AuditEvent'][];
      /** UUID, lower case */
      next?: string;
    };
    Block: {
      /** `paragraph`, `heading`, `bulletList`, `text`… */
      type: string;
      attrs?: Record<string, unknown>;
      content?: components['schemas']['Block'][];
      marks?: components['schemas']['Mark'][];
      /** Only in nodes of type `text` */
      text?: string;
    };
    Body: {
      type: 'doc';
      content: components['schemas']['Block'][];
    };
    CurrentSession: {
      user: components['schemas']['User'];
      /** RFC 3339, UTC */
      expiresAt: string;
    };
    Delivery: {
      /** The `webhook-id` header, the same in all attempts */
      id: string;
      /** The event, or `webhook.test` */
      event: string;
      documentId: string | null;
      state: 'pending' | 'delivered' | 'failed';
      attempts: number;
      /** Status of the receiver’s last response */
      lastStatus: number | null;
      /** Why the last attempt failed */
      lastError: string | null;
      /** RFC 3339, UTC */
      createdAt: string;
      nextAttemptAt: string | null;
      deliveredAt: string | null;
    };
    DeliveryList: {
      deliveries: components['schemas']['Delivery'][];
      /** UUID, lower case */
      next?: string;
    };
    DiffBlock: {
      kind: 'same' | 'added' | 'removed' | 'changed';
      /** Safe HTML; changed words in `<ins>` and `<del>` */
      html: string;
    };
    Document: {
      /** UUID, lower case */
      id: string;
      /** The name in its URL: `/d/{slug}` */
      slug: string;
      title: string;
      summary: string;
      role: 'view' | 'edit' | 'own';
      owner: string;
      /** Who can read the published document: everyone, or users with a grant */
      visibility: 'public' | 'private';
      /** Whether readers of the published document see the draft as it is written */
      live: boolean;
      /** Position of the draft */
      seq: number;
      /** RFC 3339, UTC */
      createdAt: string;
      /** When the draft was last changed */
      editedAt: string;
      /** Present while a deleted document can be restored, for 30 days */
      deletedAt?: string;
      published: null | {
        revision: number;
        /** RFC 3339, UTC */
        at: string;
      };
      /** Views of the published document, a few seconds behind; for users who can edit it */
      views?: number;
      scheduled: null | {
        /** RFC 3339, UTC */
        at: string;
      };
    };
    DocumentList: {
      documents: components['schemas']['Document'][];
      /** Cursor: `next` of the previous page */
      next?: string;
    };
    DocumentPatch: {
      /** One line without control characters; surrounding spaces are removed */
      title?: string;
      /** One or two sentences */
      summary?: string;
      /** The name in its URL: `/d/{slug}` */
      slug?: string;
      /** Who can read the published document: everyone, or users with a grant */
      visibility?: 'public' | 'private';
      /** Whether readers of the published document see the draft as it is written */
      live?: boolean;
    };
    DocumentStats: {
      /** Views of the published document, a few seconds behind */
      views: number;
      /** Unique readers a day, approximately; newest first, at most 90 days */
      readersByDay: {
        /** UTC */
        day: string;
        readers: number;
      }[];
    };
    DocumentWithGrants: {
      /** UUID, lower case */
      id: string;
      /** The name in its URL: `/d/{slug}` */
      slug: string;
      title: string;
      summary: string;
      role: 'view' | 'edit' | 'own';
      owner: string;
      /** Who can read the published document: everyone, or users with a grant */
      visibility: 'public' | 'private';
      /** Whether readers of the published document see the draft as it is written */
      live: boolean;
      /** Position of the draft */
      seq: number;
      /** RFC 3339, UTC */
      createdAt: string;
      /** When the draft was last changed */
      editedAt: string;
      /** Present while a deleted document can be restored, for 30 days */
      deletedAt?: string;
      published: null | {
        revision: number;
        /** RFC 3339, UTC */
        at: string;
      };
      /** Views of the published document, a few seconds behind; for users who can edit it */
      views?: number;
      scheduled: null | {
        /** RFC 3339, UTC */
        at: string;
      };
      grants?: components['schemas']['Grant'][];
    };
    Draft: {
      /** Position of the draft */
      seq: number;
      /** Position of the draft */
      epoch: number;
      title: string;
      summary: string;
      body: components['schemas']['Body'];
    };
    DraftWrite: {
      /** One line without control characters; surrounding spaces are removed */
      title?: string;
      /** One or two sentences */
      summary?: string;
      body?: components['schemas']['Body'];
    };
    EventPage: {
      events: components['schemas']['StreamEvent'][];
      /** Position: the draft’s `seq`, a dot, the last revision, and `u` if that was withdrawn. `0.0` is the beginning */
      next: string;
    };
    Grant: {
      handle: string;
      level: 'view' | 'edit' | 'own';
    };
    GrantList: {
      grants: components['schemas']['Grant'][];
    };
    HandshakeTicket: {
      ticket: string;
      /** RFC 3339, UTC */
      expiresAt: string;
    };
    Mark: {
      type: string;
      attrs?: Record<string, unknown>;
    };
    NewBlocks: {
      blocks: components['schemas']['Block'][];
    };
    NewDocument: {
      /** One line without control characters; surrounding spaces are removed */
      title: string;
      /** One or two sentences */
      summary?: string;
      /** The name in its URL: `/d/{slug}` */
      slug?: string;
      /** Who can read the published document: everyone, or users with a grant */
      visibility?: 'public' | 'private';
    };
    NewSchedule: {
      /** RFC 3339; in the future */
      at: string;
    };
    NewSession: {
      handle: string;
      password: string;
    };
    NewToken: {
      /** What the token is for */
      name: string;
      scopes: ('documents:read' | 'documents:write' | 'publish' | 'share' | 'webhooks' | 'audit:read')[];
      /** RFC 3339, at most 10 years ahead; by default one year */
      expiresAt?: string;
      /** Whether the token works over plain HTTP, where others can read it; by default false */
      allowPlaintext?: boolean;
    };
    NewWebhook: {
      /** `http` or `https`, a public address, port 80, 443 or 1024 and above, without user name and password */
      url: string;
      events: ('document.published' | 'document.unpublished' | 'document.edited' | 'media.ready')[];
      /** Only events of this document; by default of all that you have access to */
      documentId?: string;
    };
    PastDraft: {
      /** Position of the draft */
      seq: number;
      title: string;
      summary: string;
      body: components['schemas']['Body'];
    };
    Problem: {
      /** `urn:stet:problem:` and the code */
      type: string;
      /** A message for people; the same for each occurrence of the error */
      title: string;
      status: number;
      code: string;
      /** What is wrong with this request */
      detail?: string;
      /** Milliseconds; present if a retry can succeed */
      retryAfterMs?: number;
    };
    PublicDocument: {
      /** UUID, lower case */
      id: string;
      slug: string;
      revision: number;
      title: string;
      summary: string;
      author: string;
      /** RFC 3339, UTC */
      publishedAt: string;
      /** RFC 3339, UTC */
      firstPublishedAt: string;
      /** Readers see the draft as it is written */
      live: boolean;
      /** The text as sanitised HTML */
      html: string;
      /** The text as ProseMirror JSON */
      body: Record<string, unknown>;
    };
    PublicRevision: {
      type: 'revision';
      document: string;
      /** UUID of a document, lower case */
      id: string;
      revision: number;
      title: string;
      summary: string;
      html: string;
      author: string;
      publishedAt: string;
    };
    PublicRevisionPage: {
      revisions: components['schemas']['PublicRevision'][];
      /** Send it as `after` in the next request */
      next: number;
    };
    Revert: {
      revision: number;
    };
    Revision: {
      number: number;
      title: string;
      summary: string;
      /** Position of the draft */
      seq: number;
      /** RFC 3339, UTC */
      publishedAt: string;
      publishedBy: string;
      /** Whether it is the published revision */
      current: boolean;
      body: components['schemas']['Body'];
    };
    RevisionDiff: {
      from: number;
      to: number;
      title: {
        from: string;
        to: string;
      };
      summary: {
        from: string;
        to: string;
      };
      blocks: components['schemas']['DiffBlock'][];
    };
    RevisionList: {
      revisions: components['schemas']['RevisionSummary'][];
      next?: number;
    };
    RevisionSummary: {
      number: number;
      title: string;
      summary: string;
      /** Position of the draft */
      seq: number;
      /** RFC 3339, UTC */
      publishedAt: string;
      publishedBy: string;
      /** Whether it is the published revision */
      current: boolean;
    };
    Schedule: {
      /** RFC 3339, UTC */
      at: string;
    };
    Session: {
      token: string;
      user: components['schemas']['User'];
      /** RFC 3339, UTC */
      expiresAt: string;
    };
    SetGrant: {
      level: 'view' | 'edit' | 'own';
    };
    StreamEvent: {
      /** Position: the draft’s `seq`, a dot, the last revision, and `u` if that was withdrawn. `0.0` is the beginning */
      id: string;
      type: 'update' | 'published' | 'unpublished' | 'changed' | 'access' | 'bye';
      data: Record<string, unknown>;
    };
    Token: {
      /** UUID, lower case */
      id: string;
      name: string;
      scopes: ('documents:read' | 'documents:write' | 'publish' | 'share' | 'webhooks' | 'audit:read')[];
      allowPlaintext: boolean;
      /** RFC 3339, UTC */
      createdAt: string;
      /** RFC 3339, UTC */
      expiresAt: string;
      /** Accurate to two minutes; null: never used */
      lastUsedAt: string | null;
    };
    TokenList: {
      tokens: components['schemas']['Token'][];
    };
    TokenWithSecret: {
      /** UUID, lower case */
      id: string;
      name: string;
      scopes: ('documents:read' | 'documents:write' | 'publish' | 'share' | 'webhooks' | 'audit:read')[];
      allowPlaintext: boolean;
      /** RFC 3339, UTC */
      createdAt: string;
      /** RFC 3339, UTC */
      expiresAt: string;
      /** Accurate to two minutes; null: never used */
      lastUsedAt: string | null;
      /** Send it as `Authorization: Bearer …`; only in this response */
      token: string;
    };
    User: {
      /** UUID, lower case */
      id: string;
      handle: string;
      role: 'author' | 'admin';
    };
    Webhook: {
      /** UUID, lower case */
      id: string;
      url: string;
      events: ('document.published' | 'document.unpublished' | 'document.edited' | 'media.ready')[];
      documentId: string | null;
      active: boolean;
      /** Why Stet switched it off, if it did */
      switchedOff: string | null;
      /** Time of the first failure since the last success */
      failingSince: string | null;
      /** RFC 3339, UTC */
      createdAt: string;
    };
    WebhookChange: {
      /** `http` or `https`, a public address, port 80, 443 or 1024 and above, without user name and password */
      url?: string;
      events?: ('document.published' | 'document.unpublished' | 'document.edited' | 'media.ready')[];
      /** A webhook that is switched off gets no events, and none are queued */
      active?: boolean;
      /** Creates a new secret; for 24 hours the old one signs as well */
      rotateSecret?: true;
    };
    WebhookList: {
      webhooks: components['schemas']['Webhook'][];
    };
    WebhookWithSecret: {
      /** UUID, lower case */
      id: string;
      url: string;
      events: ('document.published' | 'document.unpublished' | 'document.edited' | 'media.ready')[];
      documentId: string | null;
      active: boolean;
      /** Why Stet switched it off, if it did */
      switchedOff: string | null;
      /** Time of the first failure since the last success */
      failingSince: string | null;
      /** RFC 3339, UTC */
      createdAt: string;
      /** `whsec_` and base64: the signing secret of Standard Webhooks; only in this response */
      secret?: string;
    };
  };
}
