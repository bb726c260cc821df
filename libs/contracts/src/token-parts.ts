import { z } from 'zod';

/** Tokens that some providers count, and price, apart. The first four are parts of an answer's input, the others of its output. */
export const TOKEN_PARTS = [
  'cacheWriteTokens',
  'cacheWriteHourTokens', // of those written to the provider's cache
  'audioInputTokens',
  'imageInputTokens',
  'audioOutputTokens',
  'imageOutputTokens',
] as const;

export type TokenPart = (typeof TOKEN_PARTS)[number];

/** A part that nobody told of is absent. */
export const tokenPartsSchema = z.partialRecord(z.enum(TOKEN_PARTS), z.number());

export type TokenParts = { readonly [Part in TokenPart]?: number | undefined };

/** None was told of. */
export const NO_PARTS: TokenParts = Object.freeze({});

/** The parts among other figures; `NO_PARTS` where there are none, as of most answers. */
export function tokenPartsOf(figures: TokenParts): TokenParts {
  let parts: Partial<Record<TokenPart, number>> | null = null;
  for (const part of TOKEN_PARTS) if (figures[part] !== undefined) (parts ??= {})[part] = figures[part];
  return parts ?? NO_PARTS;
}
