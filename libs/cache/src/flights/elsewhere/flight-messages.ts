import { ERROR_CODES, type ErrorCode } from '@relay/contracts';
import { z } from 'zod';

/** Names one process's following of one flight; the numbers are unique in their process. */
const route = { flight: z.string().max(64), follow: z.string().max(64), from: z.string().max(64) };

/** To the process that flies, on its channel. */
const toOwnerSchema = z.discriminatedUnion('type', [
  /** `window`: most bytes of frames that may be on their way to it, or wait there; processes of the version before do not say it. */
  z.object({ type: z.literal('join'), ...route, window: z.int().min(1).default(Number.MAX_SAFE_INTEGER) }),
  /** `taken`: bytes of frames that its passengers have room for, all in all. `busy`: they are what more of them waits for. */
  z.object({
    type: z.literal('listening'),
    ...route,
    taken: z.int().min(0).default(0),
    busy: z.boolean().default(false),
  }),
  z.object({ type: z.literal('leave'), ...route }),
]);

const factsSchema = z.object({
  sourceTraceId: z.string(),
  servedModel: z.string(),
  provider: z.string(),
  cache: z.enum(['miss', 'semantic', 'exact-l1', 'exact-l2']),
  entry: z.string().nullable(),
  similarity: z.number().nullable(),
  degraded: z.array(z.string()).readonly().default([]), // processes of the version before do not say it
});

const errorSchema = z.object({
  code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  param: z.string().nullable(),
  retryAfterSeconds: z.number().nullable(),
});

/** `seq` counts what one follower is told, from 0: who misses one has lost the flight. */
const step = { follow: z.string(), seq: z.int().min(0) };

/** To a process that follows, on its channel. */
const toFollowerSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('departed'),
    ...step,
    delivery: z.enum(['whole', 'stream', 'stream+usage']),
    facts: factsSchema,
  }),
  /** Carries bytes; `more`: the next message goes on with them. */
  z.object({
    type: z.literal('bytes'),
    ...step,
    of: z.enum(['frames', 'tail', 'answer', 'refusal']),
    more: z.boolean(),
  }),
  /** After `answer` (see EntryCodec) and `tail`. */
  z.object({ type: z.literal('landed'), ...step, facts: factsSchema }),
  /** After `refusal`, if there is one. `pilots`: how many have tried. */
  z.object({
    type: z.literal('failed'),
    ...step,
    error: errorSchema,
    started: z.boolean(),
    mayRetry: z.boolean(),
    pilots: z.int(),
    refusal: z.object({ status: z.int(), contentType: z.string() }).nullable(),
  }),
  /** A sign of life; `seq` of the next step, not used up. */
  z.object({ type: z.literal('flying'), ...step }),
  /** The flight is not to be followed here, or no more; whatever `seq` is. */
  z.object({ type: z.literal('gone'), ...step }),
]);

export const flightMessageSchema = z.union([toOwnerSchema, toFollowerSchema]);

export type ToOwner = z.infer<typeof toOwnerSchema>;
export type ToFollower = z.infer<typeof toFollowerSchema>;
export type FlightMessage = ToOwner | ToFollower;

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** What a follower is told, before it is known whom and in which place. */
export type Step = Without<ToFollower, 'follow' | 'seq'>;
/** What it says itself. */
export type Saying = Without<ToOwner, keyof typeof route>;
