import type { Operation } from '@relay/contracts';
import { fingerprintText } from './fingerprint-text';

/** Top-level fields that say how an answer is delivered or who asked, never what it says. */
export const DELIVERY_FIELDS: ReadonlySet<string> = new Set(['stream', 'stream_options', 'user', 'metadata']);

/** Delivery fields that an answer repeats: whoever is served it later would read another's. */
const REPEATED_FIELDS: Partial<Record<Operation, ReadonlySet<string>>> = { responses: new Set(['user', 'metadata']) };

/** Whether answers are the same whatever this field of their requests says. */
export const isDelivery = (operation: Operation, name: string): boolean =>
  DELIVERY_FIELDS.has(name) && REPEATED_FIELDS[operation]?.has(name) !== true;

/**
 * Values that mean the same as leaving the parameter out, after OpenAI's API reference of `POST /v1/chat/completions`. `null`
 * means absent for every top-level parameter and is not listed. Parameters whose default depends on the model
 * (reasoning_effort, verbosity, max_tokens) are left out on purpose.
 */
export const EXPLICIT_DEFAULTS: Readonly<Record<string, unknown>> = {
  temperature: 1,
  top_p: 1,
  n: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  logit_bias: {},
  logprobs: false,
  store: false,
  parallel_tool_calls: true,
  response_format: { type: 'text' },
  modalities: ['text'],
  service_tier: 'auto',
};

const DEFAULT_TEXTS = new Map(Object.entries(EXPLICIT_DEFAULTS).map(([name, value]) => [name, fingerprintText(value)]));

/** Whether a parameter, given with its `fingerprintText`, says what leaving it out says. */
export const isDefault = (name: string, valueText: string): boolean => DEFAULT_TEXTS.get(name) === valueText;
