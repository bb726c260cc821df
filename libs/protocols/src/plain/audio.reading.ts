import {
  type SpeechRequest,
  speechRequestSchema,
  type TranscriptionRequest,
  transcriptionRequestSchema,
  type TranslationRequest,
  translationRequestSchema,
} from '@relay/contracts';
import { ok } from '@relay/core';
import type { RequestReading } from '../wire-protocol';
import { asQuestion } from './as-question';
import { textPart } from './text-content';

/** `POST /v1/audio/speech`: what is to be said, and how. The recording is sent as it is made, whatever its format, so it is a stream. */
export const speechReading: RequestReading = {
  schema: speechRequestSchema,
  expected: 'a JSON object with "model", "input" and "voice"',
  toChat(body) {
    const { model, input, instructions } = body as unknown as SpeechRequest;
    const said = instructions ? [textPart(instructions), textPart(input)] : input;
    return ok(asQuestion(model, said, { stream: true }));
  },
};

/** `POST /v1/audio/transcriptions`, a form. */
export const transcriptionsReading: RequestReading = {
  schema: transcriptionRequestSchema,
  expected: 'a form with "file" and "model"',
  toChat(body) {
    const { model, prompt, stream } = body as unknown as TranscriptionRequest;
    return ok(asQuestion(model, prompt, { stream: stream === 'true' }));
  },
};

/** `POST /v1/audio/translations`, a form. */
export const translationsReading: RequestReading = {
  schema: translationRequestSchema,
  expected: 'a form with "file" and "model"',
  toChat(body) {
    const { model, prompt } = body as unknown as TranslationRequest;
    return ok(asQuestion(model, prompt));
  },
};
