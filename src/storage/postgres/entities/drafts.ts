/**
 * Entities of drafts: the directory, the journal, its snapshots and the bound client ids. For reading and checking:
 * the journal writes these tables with plain SQL. Positions fit a double exactly up to 2^53.
 */
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

export const DraftHead = defineEntity({
  name: 'DraftHead',
  tableName: 'draft_heads',
  properties: {
    documentId: p.uuid().primary(),
    ownerNode: p.text().nullable(),
    epoch: p.bigint('number').default(0),
    headSeq: p.bigint('number').default(0),
    snapshotSeq: p.bigint('number').default(0),
    auditedSeq: p.bigint('number').default(0),
    editedAt: p.datetime().defaultRaw('now()'),
    unauditedSince: p.datetime().nullable(),
  },
});
export type DraftHead = InferEntity<typeof DraftHead>;

export const DraftUpdate = defineEntity({
  name: 'DraftUpdate',
  tableName: 'draft_updates',
  properties: {
    documentId: p.uuid().primary(),
    seq: p.bigint('number').primary(),
    userId: p.uuid(),
    sessionId: p.uuid(),
    at: p.datetime().defaultRaw('now()'),
    update: p.blob(),
  },
});
export type DraftUpdate = InferEntity<typeof DraftUpdate>;

export const DraftSnapshot = defineEntity({
  name: 'DraftSnapshot',
  tableName: 'draft_snapshots',
  properties: {
    documentId: p.uuid().primary(),
    seq: p.bigint('number').primary(),
    state: p.blob(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
export type DraftSnapshot = InferEntity<typeof DraftSnapshot>;

export const DraftClient = defineEntity({
  name: 'DraftClient',
  tableName: 'draft_clients',
  properties: {
    documentId: p.uuid().primary(),
    clientId: p.bigint('number').primary(),
    userId: p.uuid(),
    boundAt: p.datetime().defaultRaw('now()'),
  },
});
export type DraftClient = InferEntity<typeof DraftClient>;

export const DraftReservation = defineEntity({
  name: 'DraftReservation',
  tableName: 'draft_reservations',
  properties: {
    documentId: p.uuid().primary(),
    clientId: p.bigint('number').primary(),
    userId: p.uuid(),
    reservedAt: p.datetime().defaultRaw('now()'),
  },
});
export type DraftReservation = InferEntity<typeof DraftReservation>;
