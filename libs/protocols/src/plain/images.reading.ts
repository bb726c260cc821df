import {
  type ImageEditRequest,
  imageEditRequestSchema,
  type ImageGenerationRequest,
  imageGenerationRequestSchema,
  type ImageVariationRequest,
  imageVariationRequestSchema,
} from '@relay/contracts';
import { ok } from '@relay/core';
import type { RequestReading } from '../wire-protocol';
import { asQuestion } from './as-question';

/** `POST /v1/images/generations`. */
export const imageGenerationsReading: RequestReading = {
  schema: imageGenerationRequestSchema,
  expected: 'a JSON object with "prompt"',
  toChat(body) {
    const { model, prompt, user, n, stream } = body as unknown as ImageGenerationRequest;
    return ok(asQuestion(model, prompt, { user, n, stream }));
  },
};

/** `POST /v1/images/edits`, a form. */
export const imageEditsReading: RequestReading = {
  schema: imageEditRequestSchema,
  expected: 'a form with "image" and "prompt"',
  toChat(body) {
    const { model, prompt, user, n, stream } = body as unknown as ImageEditRequest;
    return ok(asQuestion(model, prompt, { user, n: numberOf(n), stream: stream === 'true' }));
  },
};

/** `POST /v1/images/variations`, a form. Nothing is said. */
export const imageVariationsReading: RequestReading = {
  schema: imageVariationRequestSchema,
  expected: 'a form with "image"',
  toChat(body) {
    const { model, user, n } = body as unknown as ImageVariationRequest;
    return ok(asQuestion(model, '', { user, n: numberOf(n) }));
  },
};

function numberOf(text: string | null | undefined): number | null {
  return text == null ? null : Number(text);
}
