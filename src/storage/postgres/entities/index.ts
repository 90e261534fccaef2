/** All entities, for the ORM's configuration. */
import { Session, User } from './accounts.ts';
import { AuditEvent } from './audit.ts';
import { Document, Grant } from './documents.ts';
import { DraftClient, DraftHead, DraftReservation, DraftSnapshot, DraftUpdate } from './drafts.ts';
import { CountedBatch, DocumentReaders, DocumentViews } from './public.ts';
import { DraftText, Revision, Schedule } from './publishing.ts';
import { Token } from './tokens.ts';
import { Webhook, WebhookDelivery } from './webhooks.ts';

export const ENTITIES = [
  User,
  Session,
  Document,
  Grant,
  DraftHead,
  DraftUpdate,
  DraftSnapshot,
  DraftClient,
  DraftReservation,
  AuditEvent,
  Revision,
  Schedule,
  DraftText,
  Token,
  Webhook,
  WebhookDelivery,
  DocumentViews,
  DocumentReaders,
  CountedBatch,
];
