import { type EmbeddingsRequest, embeddingsRequestSchema } from '@relay/contracts';
import { ok } from '@relay/core';
import type { RequestReading } from '../wire-protocol';
import { asQuestion } from './as-question';
import { contentOf } from './text-content';

/** `POST /v1/embeddings`. */
export const embeddingsReading: RequestReading = {
  schema: embeddingsRequestSchema,
  expected: 'a JSON object with "model" and "input"',
  toChat(body) {
    const { model, input, user } = body as unknown as EmbeddingsRequest;
    return ok(asQuestion(model, contentOf(input), { user }));
  },
};
