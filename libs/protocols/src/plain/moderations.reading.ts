import { type ModerationsRequest, moderationsRequestSchema } from '@relay/contracts';
import { ok } from '@relay/core';
import type { RequestReading } from '../wire-protocol';
import { asQuestion } from './as-question';
import { textPart } from './text-content';

/** `POST /v1/moderations`: texts, or parts with texts and images. */
export const moderationsReading: RequestReading = {
  schema: moderationsRequestSchema,
  expected: 'a JSON object with "input"',
  toChat(body) {
    const { model, input } = body as unknown as ModerationsRequest;
    if (typeof input === 'string') return ok(asQuestion(model, input));
    const parts = input.map((item) => (typeof item === 'string' ? textPart(item) : item));
    return ok(asQuestion(model, parts));
  },
};
