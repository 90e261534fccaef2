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
    /** List API tokens */
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
          /** Id of the API token */
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
    /** List documents */
    get: {
      parameters: {
        query?: {
          /** Maximum number of items to return */
          limit?: number;
          /** `next` of the previous page */
          after?: string;
          /** Words to search for in title, summary and text, whole or their beginnings. Accents and case do not matter. With few results, words with a typing error are found too. Supports "phrases" and -exclusions */
          q?: string;
          /** Who can read the published document: everyone, or only users with a grant */
          visibility?: 'public' | 'private';
          /** State of the documents. `deleted` returns documents that you own and can restore */
          state?: 'draft' | 'published' | 'scheduled' | 'deleted';
          /** Your level of access */
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
          /** Unique key of the request. Requests with the same key get the response of the first one, for 24 hours */
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
    /** Get a document */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Id of the document */
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
          /** Id of the document */
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
    /** Update a document */
    patch: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Id of the document */
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
    /** Restore a document */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Id of the document */
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
    /** Get a draft */
    get: {
      parameters: {
        query?: {
          /** Format of the response. Takes precedence over `Accept`. `yjs` returns the state as one Yjs v1 update */
          format?: 'json' | 'html' | 'markdown' | 'text' | 'yjs';
        };
        header?: {
          /** `ETag` of an earlier response. Responds with 304 if it is still current */
          'If-None-Match'?: string;
        };
        path: {
          /** Id of the document */
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
    /** Replace a draft */
    put: {
      parameters: {
        query?: {
          /** Position that your text is based on. Changes that authors made since then are kept */
          base?: number;
        };
        header?: {
          /** `ETag` of the draft. Responds with 412 if the draft has changed since then */
          'If-Match'?: string;
          /** Unique key of the request. Requests with the same key get the response of the first one, for 24 hours */
          'Idempotency-Key'?: string;
        };
        path: {
          /** Id of the document */
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
    /** Append blocks to a draft */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** `ETag` of the draft. Responds with 412 if the draft has changed since then */
          'If-Match'?: string;
          /** Unique key of the request. Requests with the same key get the response of the first one, for 24 hours */
          'Idempotency-Key'?: string;
        };
        path: {
          /** Id of the document */
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
    /** Apply a Yjs update to a draft */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Id of the document */
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
  '/v1/documents/{id}/writing-sessions': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List writing sessions */
    get: {
      parameters: {
        query?: {
          /** Maximum number of items to return */
          limit?: number;
          /** `next` of the previous page. Returns sessions before this position */
          before?: number;
        };
        header?: never;
        path: {
          /** Id of the document */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['WritingSessionList'];
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
  '/v1/documents/{id}/history': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Get a draft at an earlier position */
    get: {
      parameters: {
        query: {
          /** Position to read. 0 is the empty draft */
          at: number;
          /** Format of the response. Takes precedence over `Accept`. `yjs` returns the state as one Yjs v1 update */
          format?: 'json' | 'html' | 'markdown' | 'text' | 'yjs';
        };
        header?: {
          /** `ETag` of an earlier response. Responds with 304 if it is still current */
          'If-None-Match'?: string;
        };
        path: {
          /** Id of the document */
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
  '/v1/documents/{id}/history/diff': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Compare two positions of a draft */
    get: {
      parameters: {
        query: {
          /** Position to compare with. 0 is the empty draft */
          from: number;
          /** Position to compare. By default the current one */
          to?: number;
        };
        header?: never;
        path: {
          /** Id of the document */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['HistoryDiff'];
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
  '/v1/documents/{id}/revert': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Restore a revision or an earlier draft */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** `ETag` of the draft. Responds with 412 if the draft has changed since then */
          'If-Match'?: string;
          /** Unique key of the request. Requests with the same key get the response of the first one, for 24 hours */
          'Idempotency-Key'?: string;
        };
        path: {
          /** Id of the document */
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
  '/v1/documents/{id}/revisions': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** List revisions */
    get: {
      parameters: {
        query?: {
          /** Maximum number of items to return */
          limit?: number;
          /** `next` of the previous page. Returns revisions with lower numbers */
          before?: number;
        };
        header?: never;
        path: {
          /** Id of the document */
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
    /** Get a revision */
    get: {
      parameters: {
        query?: {
          /** Format of the response. Takes precedence over `Accept` */
          format?: 'json' | 'html' | 'markdown' | 'text';
        };
        header?: {
          /** `ETag` of an earlier response. Responds with 304 if it is still current */
          'If-None-Match'?: string;
        };
        path: {
          /** Id of the document */
          id: string;
          /** Number of the revision */
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
    /** Compare two revisions */
    get: {
      parameters: {
        query?: {
          /** Revision to compare with. By default the one before */
          from?: number;
        };
        header?: never;
        path: {
          /** Id of the document */
          id: string;
          /** Number of the revision */
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
  '/v1/documents/{id}/draft/diff': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Compare the draft with a revision */
    get: {
      parameters: {
        query?: {
          /** Revision to compare with. By default the published one */
          from?: number;
        };
        header?: never;
        path: {
          /** Id of the document */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: Record<string, unknown>;
          content: {
            'application/json': components['schemas']['DraftDiff'];
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
  '/v1/documents/{id}/publish': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Publish a document */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** `ETag` of the draft. Responds with 412 if the draft has changed since then */
          'If-Match'?: string;
          /** Unique key of the request. Requests with the same key get the response of the first one, for 24 hours */
          'Idempotency-Key'?: string;
        };
        path: {
          /** Id of the document */
          id: string;
        };
        cookie?: never;
      };
      requestBody?: {
        content: {
          'application/json': components['schemas']['NewPublication'];
        };
      };
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
          /** Id of the document */
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
          /** Id of the document */
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
          /** Id of the document */
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
  '/v1/documents/{id}/draft/preview': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Preview a document */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Id of the document */
          id: string;
        };
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
  '/v1/public/{slug}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Get a public document */
    get: {
      parameters: {
        query?: never;
        header?: {
          /** `ETag` of an earlier response. Responds with 304 if it is still current */
          'If-None-Match'?: string;
        };
        path: {
          /** Slug of the document, or a former slug */
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
        308: { headers: Record<string, unknown>; content?: never };
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
    /** Stream the revisions of a public document */
    get: {
      parameters: {
        query?: {
          /** Newest revision that you have, of `document` if you send it. 0 if you have none */
          after?: number;
          /** Document of the revision in `after` */
          document?: string;
          /** Seconds to wait for a revision. For long polling only */
          wait?: number;
        };
        header?: {
          /** Id of the last event that you received, or its revision number. Takes precedence over `after` */
          'Last-Event-ID'?: string;
        };
        path: {
          /** Slug of the document, or a former slug */
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
        308: { headers: Record<string, unknown>; content?: never };
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
          /** Position in the stream: `seq` of the draft, a dot, the last revision, and `u` if it was unpublished. `0.0` is the beginning */
          after?: string;
          /** Seconds to wait for the first event. For long polling only */
          wait?: number;
        };
        header?: {
          /** Position of the last event that you received. Takes precedence over `after` */
          'Last-Event-ID'?: string;
        };
        path: {
          /** Id of the document */
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
          /** Id of the document */
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
    /** Grant access to a user */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Id of the document */
          id: string;
          /** Username: 2 to 32 of a-z, 0-9, `-` and `_`, beginning with a letter */
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
          /** Id of the document */
          id: string;
          /** Username: 2 to 32 of a-z, 0-9, `-` and `_`, beginning with a letter */
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
          /** Id of the document */
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
          /** Maximum number of items to return */
          limit?: number;
          /** `next` of the previous page */
          after?: string;
        };
        header?: never;
        path: {
          /** Id of the document */
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
    /** List webhooks */
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
    /** Get a webhook */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Id of the webhook */
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
    /** Delete a webhook */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Id of the webhook */
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
          /** Id of the webhook */
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
          /** Maximum number of items to return */
          limit?: number;
          /** `next` of the previous page */
          after?: string;
        };
        header?: never;
        path: {
          /** Id of the webhook */
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
    /** Send a test event */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Id of the webhook */
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
    /** Retry a delivery */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** Id of the webhook */
          id: string;
          /** Id of the delivery */
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
    /** Get the OpenAPI document */
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
    /** Get the AsyncAPI document */
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
    /** Get the API reference */
    get: {
      parameters: {
        query?: never;
        header?: {
          /** `ETag` of an earlier response. Responds with 304 if it is still current */
          'If-None-Match'?: string;
        };
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
        304: { headers: Record<string, unknown>; content?: never };
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
      /** Position in the journal of the draft */
      seq: number;
    };
    AuditActor: {
      /** Who acted: a user, an API token, an operator of the server, or Stet itself */
      kind: 'user' | 'token' | 'operator' | 'system';
      /** Username: 2 to 32 of a-z, 0-9, `-` and `_`, beginning with a letter */
      handle?: string;
      /** The user */
      userId?: string;
      /** The API token */
      tokenId?: string;
      /** The session */
      sessionId?: string;
      /** IP address, for your own events only */
      ip?: string;
      /** User agent, for your own events only */
      userAgent?: string;
      /** `X-Request-Id` of the request */
      requestId?: string;
      /** Where the request came in: `www`, `m`, `api` or `widget` */
      surface?: string;
      /** `https` or `http` */
      transport?: string;
    };
    AuditEvent: {
      /** UUID in lower case */
      id: string;
      /** Time in RFC 3339, UTC */
      at: string;
      /** What was done: `document.published`, `grant.set`, `draft.edited` and others */
      action: string;
      /** Result of the action */
      outcome: 'ok' | 'denied' | 'failed';
      actor: components['schemas']['AuditActor'];
      /** State before the change, if it is small */
      before?: Record<string, unknown>;
      /** State after the change, if it is small */
      after?: Record<string, unknown>;
      /** More about the action */
      details?: Record<string, unknown>;
    };
    AuditPage: {
      events: components['schemas']['AuditEvent'][];
      /** Value of `after` for the next page. Omitted on the last page */
      next?: string;
    };
    Block: {
      /** Type of the node: `paragraph`, `heading`, `bulletList`, `table`, `text` and others */
      type: string;
      /** Attributes, such as `level` of a heading */
      attrs?: Record<string, unknown>;
      /** Child nodes */
      content?: components['schemas']['Block'][];
      /** Formatting of a text node */
      marks?: components['schemas']['Mark'][];
      /** Text of a node of type `text` */
      text?: string;
    };
    Body: {
      type: 'doc';
      content: components['schemas']['Block'][];
    };
    CurrentSession: {
      user: components['schemas']['User'];
      /** Time in RFC 3339, UTC */
      expiresAt: string;
    };
    Delivery: {
      /** Value of the `webhook-id` header. The same for all attempts */
      id: string;
      /** Event that is sent, or `webhook.test` */
      event: string;
      /** Document of the event. `null` for a test event */
      documentId: string | null;
      /** State of the delivery */
      state: 'pending' | 'delivered' | 'failed';
      /** Number of attempts so far */
      attempts: number;
      /** HTTP status of the last response. `null` if there was none */
      lastStatus: number | null;
      /** Why the last attempt failed. `null` if it did not */
      lastError: string | null;
      /** Time in RFC 3339, UTC */
      createdAt: string;
      /** Time of the next attempt. `null` if there is none */
      nextAttemptAt: string | null;
      /** Time of the delivery. `null` if not delivered */
      deliveredAt: string | null;
    };
    DeliveryList: {
      deliveries: components['schemas']['Delivery'][];
      /** Value of `after` for the next page. Omitted on the last page */
      next?: string;
    };
    DiffBlock: {
      /** How the block changed */
      kind: 'same' | 'added' | 'removed' | 'changed';
      /** Block as safe HTML, with changed words in `<ins>` and `<del>` */
      html: string;
    };
    Document: {
      /** UUID in lower case */
      id: string;
      /** Name of the document in its URL, `/d/{slug}`, where it is percent-encoded. Lower-case letters and digits of any script, and hyphens between them; at most 80 characters and 200 bytes */
      slug: string;
      /** How Stet creates a slug from the title: `unicode` keeps letters unchanged (`größe`, `東京`), `ascii` transliterates them (`grosse`, `dongjing`) */
      slugStyle: 'unicode' | 'ascii';
      /** Whether the slug follows the title: until the first publication, unless an owner set the slug */
      slugFollowsTitle: boolean;
      /** Title of the draft */
      title: string;
      /** Summary of the draft */
      summary: string;
      /** Your level of access */
      role: 'view' | 'edit' | 'own';
      /** Username: 2 to 32 of a-z, 0-9, `-` and `_`, beginning with a letter */
      owner: string;
      /** Who can read the published document: everyone, or only users with a grant */
      visibility: 'public' | 'private';
      /** Whether readers of the published document see the draft while it is written */
      live: boolean;
      /** Language of the text, as a tag of BCP 47 */
      language: string;
      /** Position in the journal of the draft */
      seq: number;
      /** Time in RFC 3339, UTC */
      createdAt: string;
      /** Time of the last change to the draft */
      editedAt: string;
      /** Time of deletion. Present for 30 days, while the document can be restored */
      deletedAt?: string;
      /** The current publication. `null` if the document is not published */
      published: null | {
        /** Number of the published revision */
        revision: number;
        /** Time in RFC 3339, UTC */
        at: string;
      };
      /** Views of the published document, a few seconds old. Present if you can edit the document */
      views?: number;
      /** The scheduled publication. `null` if there is none */
      scheduled: null | {
        /** Time in RFC 3339, UTC */
        at: string;
      };
    };
    DocumentList: {
      documents: components['schemas']['ListedDocument'][];
      /** Value of `after` for the next page. Omitted on the last page */
      next?: string;
    };
    DocumentPatch: {
      /** Title: one line without control characters. Surrounding spaces are removed */
      title?: string;
      /** Summary of one or two sentences */
      summary?: string;
      /** Name of the document in its URL, `/d/{slug}`, where it is percent-encoded. Lower-case letters and digits of any script, and hyphens between them; at most 80 characters and 200 bytes */
      slug?: string;
      /** How Stet creates a slug from the title: `unicode` keeps letters unchanged (`größe`, `東京`), `ascii` transliterates them (`grosse`, `dongjing`) */
      slugStyle?: 'unicode' | 'ascii';
      /** Who can read the published document: everyone, or only users with a grant */
      visibility?: 'public' | 'private';
      /** Whether readers of the published document see the draft while it is written */
      live?: boolean;
      /** Language of the text, as a tag of BCP 47. `null`: the language of the site */
      language?: string | null;
    };
    DocumentStats: {
      /** Views of the published document, a few seconds old */
      views: number;
      /** Open pages of the published document, on all nodes, a few seconds old. Widgets on other sites are not counted */
      readingNow: number;
      /** Readers by day, newest first. At most 90 days */
      readersByDay: {
        /** Day in UTC */
        day: string;
        /** Unique readers on that day, approximately */
        readers: number;
      }[];
    };
    DocumentWithGrants: {
      /** UUID in lower case */
      id: string;
      /** Name of the document in its URL, `/d/{slug}`, where it is percent-encoded. Lower-case letters and digits of any script, and hyphens between them; at most 80 characters and 200 bytes */
      slug: string;
      /** How Stet creates a slug from the title: `unicode` keeps letters unchanged (`größe`, `東京`), `ascii` transliterates them (`grosse`, `dongjing`) */
      slugStyle: 'unicode' | 'ascii';
      /** Whether the slug follows the title: until the first publication, unless an owner set the slug */
      slugFollowsTitle: boolean;
      /** Title of the draft */
      title: string;
      /** Summary of the draft */
      summary: string;
      /** Your level of access */
      role: 'view' | 'edit' | 'own';
      /** Username: 2 to 32 of a-z, 0-9, `-` and `_`, beginning with a letter */
      owner: string;
      /** Who can read the published document: everyone, or only users with a grant */
      visibility: 'public' | 'private';
      /** Whether readers of the published document see the draft while it is written */
      live: boolean;
      /** Language of the text, as a tag of BCP 47 */
      language: string;
      /** Position in the journal of the draft */
      seq: number;
      /** Time in RFC 3339, UTC */
      createdAt: string;
      /** Time of the last change to the draft */
      editedAt: string;
      /** Time of deletion. Present for 30 days, while the document can be restored */
      deletedAt?: string;
      /** The current publication. `null` if the document is not published */
      published: null | {
        /** Number of the published revision */
        revision: number;
        /** Time in RFC 3339, UTC */
        at: string;
      };
      /** Views of the published document, a few seconds old. Present if you can edit the document */
      views?: number;
      /** The scheduled publication. `null` if there is none */
      scheduled: null | {
        /** Time in RFC 3339, UTC */
        at: string;
      };
      /** Grants of the document. Present if you own it */
      grants?: components['schemas']['Grant'][];
    };
    Draft: {
      /** Position in the journal of the draft */
      seq: number;
      /** Number of times that the draft has moved between nodes */
      epoch: number;
      /** Title */
      title: string;
      /** Summary */
      summary: string;
      body: components['schemas']['Body'];
    };
    DraftDiff: {
      /** Number of the revision */
      from: number;
      /** Position of the draft */
      seq: number;
      /** Title of the revision, and the one that the draft would be published under */
      title: {
        from: string;
        to: string;
      };
      /** Summary of the revision, and of the draft */
      summary: {
        from: string;
        to: string;
      };
      blocks: components['schemas']['DiffBlock'][];
    };
    DraftWrite: {
      /** Title: one line without control characters. Surrounding spaces are removed */
      title?: string;
      /** Summary of one or two sentences */
      summary?: string;
      body?: components['schemas']['Body'];
    };
    EventPage: {
      events: components['schemas']['StreamEvent'][];
      /** Value of `after` for the next request */
      next: string;
    };
    Grant: {
      /** Username: 2 to 32 of a-z, 0-9, `-` and `_`, beginning with a letter */
      handle: string;
      /** Level of access: read, write, or share and delete as well */
      level: 'view' | 'edit' | 'own';
    };
    GrantList: {
      grants: components['schemas']['Grant'][];
    };
    HandshakeTicket: {
      /** Value of the query parameter `ticket` */
      ticket: string;
      /** Time in RFC 3339, UTC */
      expiresAt: string;
    };
    HistoryDiff: {
      from: components['schemas']['Moment'];
      to: components['schemas']['Moment'];
      /** Title at both positions. A draft without a title has that of the document */
      title: {
        from: string;
        to: string;
      };
      /** Summary at both positions */
      summary: {
        from: string;
        to: string;
      };
      blocks: components['schemas']['DiffBlock'][];
    };
    ListedDocument: {
      /** UUID in lower case */
      id: string;
      /** Name of the document in its URL, `/d/{slug}`, where it is percent-encoded. Lower-case letters and digits of any script, and hyphens between them; at most 80 characters and 200 bytes */
      slug: string;
      /** How Stet creates a slug from the title: `unicode` keeps letters unchanged (`größe`, `東京`), `ascii` transliterates them (`grosse`, `dongjing`) */
      slugStyle: 'unicode' | 'ascii';
      /** Whether the slug follows the title: until the first publication, unless an owner set the slug */
      slugFollowsTitle: boolean;
      /** Title of the draft */
      title: string;
      /** Summary of the draft */
      summary: string;
      /** Your level of access */
      role: 'view' | 'edit' | 'own';
      /** Username: 2 to 32 of a-z, 0-9, `-` and `_`, beginning with a letter */
      owner: string;
      /** Who can read the published document: everyone, or only users with a grant */
      visibility: 'public' | 'private';
      /** Whether readers of the published document see the draft while it is written */
      live: boolean;
      /** Language of the text, as a tag of BCP 47 */
      language: string;
      /** Position in the journal of the draft */
      seq: number;
      /** Time in RFC 3339, UTC */
      createdAt: string;
      /** Time of the last change to the draft */
      editedAt: string;
      /** Time of deletion. Present for 30 days, while the document can be restored */
      deletedAt?: string;
      /** The current publication. `null` if the document is not published */
      published: null | {
        /** Number of the published revision */
        revision: number;
        /** Time in RFC 3339, UTC */
        at: string;
      };
      /** Views of the published document, a few seconds old. Present if you can edit the document */
      views?: number;
      /** The scheduled publication. `null` if there is none */
      scheduled: null | {
        /** Time in RFC 3339, UTC */
        at: string;
      };
      match?: components['schemas']['SearchMatch'];
    };
    Mark: {
      /** Type of the mark: `bold`, `italic`, `link` and others */
      type: string;
      /** Attributes, such as `href` of a link */
      attrs?: Record<string, unknown>;
    };
    Moment: {
      /** Position in the journal of the draft */
      seq: number;
      /** Time of the edit at this position. Omitted at position 0 */
      editedAt?: string;
      /** Username of the author of that edit. Omitted at position 0 */
      editedBy?: string;
    };
    NewBlocks: {
      blocks: components['schemas']['Block'][];
    };
    NewDocument: {
      /** Title: one line without control characters. Surrounding spaces are removed */
      title: string;
      /** Summary of one or two sentences */
      summary?: string;
      /** Name of the document in its URL, `/d/{slug}`, where it is percent-encoded. Lower-case letters and digits of any script, and hyphens between them; at most 80 characters and 200 bytes */
      slug?: string;
      /** How Stet creates a slug from the title: `unicode` keeps letters unchanged (`größe`, `東京`), `ascii` transliterates them (`grosse`, `dongjing`) */
      slugStyle?: 'unicode' | 'ascii';
      /** Who can read the published document: everyone, or only users with a grant */
      visibility?: 'public' | 'private';
      /** Language of the text, as a tag of BCP 47 */
      language?: string;
    };
    NewPublication: {
      /** Name of the document in its URL, `/d/{slug}`, where it is percent-encoded. Lower-case letters and digits of any script, and hyphens between them; at most 80 characters and 200 bytes */
      slug?: string;
      /** How Stet creates a slug from the title: `unicode` keeps letters unchanged (`größe`, `東京`), `ascii` transliterates them (`grosse`, `dongjing`) */
      slugStyle?: 'unicode' | 'ascii';
    };
    NewSchedule: {
      /** Time of the publication in RFC 3339. Must be in the future */
      at: string;
    };
    NewSession: {
      /** Username: 2 to 32 of a-z, 0-9, `-` and `_`, beginning with a letter */
      handle: string;
      /** Password */
      password: string;
    };
    NewToken: {
      /** Name of the token, for its owner */
      name: string;
      /** Permissions of the token */
      scopes: ('documents:read' | 'documents:write' | 'publish' | 'share' | 'webhooks' | 'audit:read')[];
      /** Time of expiry in RFC 3339, at most 10 years from now. By default one year from now */
      expiresAt?: string;
      /** Whether the token also works over plain HTTP, where others on the network can read it. By default false */
      allowPlaintext?: boolean;
    };
    NewWebhook: {
      /** URL that receives the events: `http` or `https`, a public address, port 80, 443 or 1024 and above, without username and password */
      url: string;
      /** Events to send */
      events: ('document.published' | 'document.unpublished' | 'document.edited' | 'media.ready')[];
      /** Document whose events are sent. By default all documents that you have access to */
      documentId?: string;
    };
    PastDraft: {
      /** Position in the journal of the draft */
      seq: number;
      /** Title */
      title: string;
      /** Summary */
      summary: string;
      body: components['schemas']['Body'];
    };
    Problem: {
      /** URI of the error: `urn:stet:problem:` and the code */
      type: string;
      /** Message of the error, for people. The same for all occurrences */
      title: string;
      /** HTTP status */
      status: number;
      /** Code of the error. Codes are stable */
      code: string;
      /** What is wrong with this request */
      detail?: string;
      /** Milliseconds to wait before a retry. Present if a retry can succeed */
      retryAfterMs?: number;
    };
    PublicDocument: {
      /** UUID in lower case */
      id: string;
      /** Name of the document in its URL, `/d/{slug}` */
      slug: string;
      /** Number of the revision, from 1 */
      revision: number;
      /** Title */
      title: string;
      /** Summary */
      summary: string;
      /** Username: 2 to 32 of a-z, 0-9, `-` and `_`, beginning with a letter */
      author: string;
      /** Time in RFC 3339, UTC */
      publishedAt: string;
      /** Time in RFC 3339, UTC */
      firstPublishedAt: string;
      /** When the text last changed: of a live document its draft, of others when the revision was published */
      updatedAt: string;
      /** Whether readers see the draft while it is written */
      live: boolean;
      /** Position of the draft if title, summary and text are those of the draft of a live document. `null` if they are those of the revision */
      seq: number | null;
      /** From when to when the document was live. `null` if it never was, or if that was not recorded */
      coverage: {
        /** Time in RFC 3339, UTC */
        startedAt: string;
        /** `null` while the document is live */
        endedAt: string | null;
      } | null;
      /** Language of the text, as a tag of BCP 47 */
      language: string;
      /** Text as safe HTML */
      html: string;
      /** Text as ProseMirror JSON */
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
      language: string;
    };
    PublicRevisionPage: {
      revisions: components['schemas']['PublicRevision'][];
      /** Value of `after` for the next request */
      next: number;
    };
    Revert: {
      /** Number of the revision, from 1 */
      revision?: number;
      /** Earlier position of the draft. 0 is the empty draft */
      seq?: number;
    };
    Revision: {
      /** Number of the revision, from 1 */
      number: number;
      /** Title */
      title: string;
      /** Summary */
      summary: string;
      /** Position of the draft that was published */
      seq: number;
      /** Time in RFC 3339, UTC */
      publishedAt: string;
      /** Username: 2 to 32 of a-z, 0-9, `-` and `_`, beginning with a letter */
      publishedBy: string;
      /** Whether readers see this revision now */
      current: boolean;
      body: components['schemas']['Body'];
    };
    RevisionDiff: {
      /** Number of the earlier revision */
      from: number;
      /** Number of the later revision */
      to: number;
      /** Titles of both revisions */
      title: {
        from: string;
        to: string;
      };
      /** Summaries of both revisions */
      summary: {
        from: string;
        to: string;
      };
      blocks: components['schemas']['DiffBlock'][];
    };
    RevisionList: {
      revisions: components['schemas']['RevisionSummary'][];
      /** Value of `before` for the next page. Omitted on the last page */
      next?: number;
    };
    RevisionSummary: {
      /** Number of the revision, from 1 */
      number: number;
      /** Title */
      title: string;
      /** Summary */
      summary: string;
      /** Position of the draft that was published */
      seq: number;
      /** Time in RFC 3339, UTC */
      publishedAt: string;
      /** Username: 2 to 32 of a-z, 0-9, `-` and `_`, beginning with a letter */
      publishedBy: string;
      /** Whether readers see this revision now */
      current: boolean;
    };
    Schedule: {
      /** Time in RFC 3339, UTC */
      at: string;
    };
    SearchMatch: {
      /** The title in pieces */
      title: components['schemas']['SearchSegment'][];
      /** The part of summary and text with the most matches, in pieces. Begins or ends with `…` where it was cut */
      snippet: components['schemas']['SearchSegment'][];
    };
    SearchSegment: {
      /** Piece of the text */
      text: string;
      /** Whether this piece matches the search */
      match: boolean;
    };
    Session: {
      /** Token of the session. Send it as `Authorization: Bearer …` */
      token: string;
      user: components['schemas']['User'];
      /** Time in RFC 3339, UTC */
      expiresAt: string;
    };
    SessionAuthor: {
      /** Username: 2 to 32 of a-z, 0-9, `-` and `_`, beginning with a letter */
      handle: string;
      /** Number of edits by this author */
      edits: number;
      /** Size of the edits by this author */
      bytes: number;
    };
    SetGrant: {
      /** Level of access: read, write, or share and delete as well */
      level: 'view' | 'edit' | 'own';
    };
    StreamEvent: {
      /** Position in the stream: `seq` of the draft, a dot, the last revision, and `u` if it was unpublished. `0.0` is the beginning */
      id: string;
      /** Type of the event */
      type: 'update' | 'published' | 'unpublished' | 'changed' | 'access' | 'bye';
      /** Data of the event, by its type */
      data: Record<string, unknown>;
    };
    Token: {
      /** UUID in lower case */
      id: string;
      /** Name of the token */
      name: string;
      /** Permissions of the token */
      scopes: ('documents:read' | 'documents:write' | 'publish' | 'share' | 'webhooks' | 'audit:read')[];
      /** Whether the token also works over plain HTTP */
      allowPlaintext: boolean;
      /** Time in RFC 3339, UTC */
      createdAt: string;
      /** Time in RFC 3339, UTC */
      expiresAt: string;
      /** Time of the last use, accurate to two minutes. `null` if never used */
      lastUsedAt: string | null;
    };
    TokenList: {
      tokens: components['schemas']['Token'][];
    };
    TokenWithSecret: {
      /** UUID in lower case */
      id: string;
      /** Name of the token */
      name: string;
      /** Permissions of the token */
      scopes: ('documents:read' | 'documents:write' | 'publish' | 'share' | 'webhooks' | 'audit:read')[];
      /** Whether the token also works over plain HTTP */
      allowPlaintext: boolean;
      /** Time in RFC 3339, UTC */
      createdAt: string;
      /** Time in RFC 3339, UTC */
      expiresAt: string;
      /** Time of the last use, accurate to two minutes. `null` if never used */
      lastUsedAt: string | null;
      /** The token. Send it as `Authorization: Bearer …`. Only this response contains it */
      token: string;
    };
    User: {
      /** UUID in lower case */
      id: string;
      /** Username: 2 to 32 of a-z, 0-9, `-` and `_`, beginning with a letter */
      handle: string;
      /** Role of the account */
      role: 'author' | 'admin';
    };
    Webhook: {
      /** UUID in lower case */
      id: string;
      /** URL that receives the events */
      url: string;
      /** Events to send */
      events: ('document.published' | 'document.unpublished' | 'document.edited' | 'media.ready')[];
      /** Document whose events are sent. `null`: all documents that you have access to */
      documentId: string | null;
      /** Whether events are sent */
      active: boolean;
      /** Why Stet disabled the webhook. `null` if it did not */
      switchedOff: string | null;
      /** Time of the first failure since the last success. `null` if the last delivery succeeded */
      failingSince: string | null;
      /** Time in RFC 3339, UTC */
      createdAt: string;
    };
    WebhookChange: {
      /** URL that receives the events: `http` or `https`, a public address, port 80, 443 or 1024 and above, without username and password */
      url?: string;
      /** Events to send */
      events?: ('document.published' | 'document.unpublished' | 'document.edited' | 'media.ready')[];
      /** Whether events are sent. While false, none are queued */
      active?: boolean;
      /** Creates a new secret. Deliveries are signed with both secrets for 24 hours */
      rotateSecret?: true;
    };
    WebhookList: {
      webhooks: components['schemas']['Webhook'][];
    };
    WebhookWithSecret: {
      /** UUID in lower case */
      id: string;
      /** URL that receives the events */
      url: string;
      /** Events to send */
      events: ('document.published' | 'document.unpublished' | 'document.edited' | 'media.ready')[];
      /** Document whose events are sent. `null`: all documents that you have access to */
      documentId: string | null;
      /** Whether events are sent */
      active: boolean;
      /** Why Stet disabled the webhook. `null` if it did not */
      switchedOff: string | null;
      /** Time of the first failure since the last success. `null` if the last delivery succeeded */
      failingSince: string | null;
      /** Time in RFC 3339, UTC */
      createdAt: string;
      /** Signing secret of Standard Webhooks: `whsec_` and base64. Only this response contains it */
      secret?: string;
    };
    WritingSession: {
      /** Position of the first edit */
      firstSeq: number;
      /** Position of the last edit */
      lastSeq: number;
      /** Time of the first edit in RFC 3339, UTC */
      startedAt: string;
      /** Time of the last edit in RFC 3339, UTC */
      endedAt: string;
      /** Number of edits */
      edits: number;
      /** Size of the edits as Yjs updates. Deletions count as well as text, so it is not the length of the text */
      bytes: number;
      /** Who wrote, most edits first */
      authors: components['schemas']['SessionAuthor'][];
    };
    WritingSessionList: {
      sessions: components['schemas']['WritingSession'][];
      /** Value of `before` for the next page. Omitted on the last page */
      next?: number;
    };
  };
}
