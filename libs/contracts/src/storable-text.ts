import { z } from 'zod';

/** What PostgreSQL keeps in no text: NUL, and half of a surrogate pair. */
const NOT_TEXT = /[\0\p{Surrogate}]/u;

/** A text that can be stored, of at most so many UTF-16 units. */
export const storableText = (maxChars: number) =>
  z
    .string()
    .max(maxChars)
    .refine((text) => !NOT_TEXT.test(text), 'expected well-formed text without NUL');

/** A name that is shown in terminals and logs. */
export const shownText = (maxChars: number) =>
  z
    .string()
    .min(1)
    .max(maxChars)
    .regex(/^[^\p{Cc}\p{Surrogate}]*$/u, 'text without control characters');
