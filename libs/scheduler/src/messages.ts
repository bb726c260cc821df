import { queueClassSchema } from '@relay/contracts';
import { z } from 'zod';
import { KINDS } from './domain/presence';

const pool = z.string();
const grantId = z.string();

/** Tenants in one `charges` message, and in one `levels` message. */
export const MAX_CHARGES = 1_000;
export const MAX_TENANTS_TOLD = 1_000;

/** The pool's virtual time and base of priorities at the sender (weighted tokens): clocks only move forward, so the larger wins. */
const clock = z.object({ virtualTime: z.number(), base: z.number() });

/** The lowest start tags of the sender's tickets. */
const heads = z.object({ short: z.number().optional(), long: z.number().optional() });

/** How long something has waited, ms. */
const age = z.number().nonnegative().optional();
const ofClass = z.object({ interactive: age, standard: age }).optional();
const ages = z.object({ short: ofClass, long: ofClass });

/**
 * What processes tell each other. `hello`: the sender is new; `bye`: it stops, and what it lent is the borrowers'. `charges`: what the sender charged tenants since it last said so, in weighted tokens. `present`: kinds of requests that came to the sender lately.
 * `levels`: tenants that wait at the sender at levels above batch, and for how long (ms); of none any more: no age. `recall`: the sender is due slots that others hold; `freed`: it gave slots back to the ledger.
 * `grant` offers a slot of the sender to the owner of a ticket, who answers `accept` or
 * `decline`, says with `held` which slots of the receiver it uses, all of them, and gives it back with `release`.
 */
export const busMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello') }),
  z.object({ type: z.literal('bye') }),
  z.object({ type: z.literal('recall'), pools: z.array(pool) }),
  z.object({ type: z.literal('freed'), pools: z.array(pool) }),
  z.object({ type: z.literal('waiting'), pool, clock, heads: heads.optional() }),
  z.object({ type: z.literal('clock'), pool, clock }),
  z.object({ type: z.literal('charges'), pool, charges: z.array(z.tuple([z.string(), z.number()])).max(MAX_CHARGES) }),
  z.object({ type: z.literal('present'), pool, kinds: z.array(z.enum(KINDS)) }),
  z.object({ type: z.literal('levels'), pool, tenants: z.array(z.tuple([z.string(), ages])).max(MAX_TENANTS_TOLD) }),
  z.object({
    type: z.literal('grant'),
    pool,
    clock,
    grantId,
    ticketId: z.string(),
    tenant: z.string(),
    class: queueClassSchema,
  }),
  z.object({ type: z.literal('accept'), pool, grantId }),
  z.object({ type: z.literal('decline'), pool, grantId }),
  z.object({ type: z.literal('held'), pool, grantIds: z.array(grantId) }),
  z.object({ type: z.literal('release'), pool, grantId }),
]);

export type BusMessage = z.infer<typeof busMessageSchema>;
export type SlotMessage = Extract<BusMessage, { type: 'recall' | 'freed' }>;
export type PoolMessage = Exclude<BusMessage, { type: 'hello' | 'bye' } | SlotMessage>;
export type GrantMessage = Extract<BusMessage, { type: 'grant' }>;
export type ClockReading = z.infer<typeof clock>;
