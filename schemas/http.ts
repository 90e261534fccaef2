/** Bodies of the HTTP API (`/v1`), one schema each, by group. */
export * from './http/accounts.ts';
export * from './http/audit.ts';
export * from './http/common.ts';
export * from './http/documents.ts';
export * from './http/drafts.ts';
export * from './http/events.ts';
export * from './http/history.ts';
export * from './http/public.ts';
export * from './http/publishing.ts';
export * from './http/stats.ts';
export * from './http/tokens.ts';
export * from './http/webhooks.ts';
