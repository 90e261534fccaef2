/** All entities, for the ORM's configuration. */
import { Session, User } from './accounts.ts';
import { Document, Grant } from './documents.ts';
import { DraftClient, DraftHead, DraftSnapshot, DraftUpdate } from './drafts.ts';
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
  Webhook,
  WebhookDelivery,
];
