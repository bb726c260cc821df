import { z } from 'zod';
import { isTextInput, TEXT_INPUT, type TextInput } from './text-input';

/*
 * What the relay itself needs of requests that ask for something else than generated text. The schemas only check: fields that they do
 * not know pass. Fields of forms are texts, their files what is known of them.
 */

const modelName = z.string().min(1).max(256);
const text = z.string();
/** Of a form: `true` or `false`. */
const formFlag = z.enum(['true', 'false']);

/** A file of a form: never its bytes. */
export const formFileSchema = z.object(
  { filename: z.string(), contentType: z.string(), bytes: z.int() },
  'expected a file',
);
export type FormFile = z.infer<typeof formFileSchema>;

export const embeddingsRequestSchema = z
  .object({
    model: modelName,
    input: z.custom<TextInput>(isTextInput, `expected ${TEXT_INPUT}`).meta({ description: TEXT_INPUT }),
    encoding_format: z.enum(['float', 'base64']).nullish(),
    dimensions: z.int().positive().nullish(),
    user: text.nullish(),
  })
  .meta({ id: 'EmbeddingsRequest' });

export const moderationsRequestSchema = z
  .object({
    model: modelName.nullish(),
    input: z.union([text, z.array(text).min(1), z.array(z.object({ type: text })).min(1)]),
  })
  .meta({ id: 'ModerationsRequest' });

export const imageGenerationRequestSchema = z
  .object({
    model: modelName.nullish(),
    prompt: text.min(1),
    n: z.int().min(1).max(128).nullish(),
    stream: z.boolean().nullish(),
    user: text.nullish(),
  })
  .meta({ id: 'ImageGenerationRequest' });

/** One file by its plain name, or several as a list. */
const images = z.union([formFileSchema, z.array(formFileSchema).min(1)], 'expected a file');

const countText = text.regex(/^[1-9]\d{0,2}$/, 'expected a number from 1 to 999').nullish();

export const imageEditRequestSchema = z
  .object({
    model: modelName.nullish(),
    prompt: text.min(1),
    image: images.optional(),
    'image[]': images.optional(),
    mask: formFileSchema.optional(),
    n: countText,
    stream: formFlag.nullish(),
    user: text.nullish(),
  })
  .refine(hasImage, { path: ['image'], message: 'expected a file' })
  .meta({ id: 'ImageEditRequest' });

export const imageVariationRequestSchema = z
  .object({ model: modelName.nullish(), image: formFileSchema, n: countText, user: text.nullish() })
  .meta({ id: 'ImageVariationRequest' });

export const speechRequestSchema = z
  .object({
    model: modelName,
    input: text.min(1),
    instructions: text.nullish(),
    stream_format: z.enum(['audio', 'sse']).nullish(),
  })
  .meta({ id: 'SpeechRequest' });

export const transcriptionRequestSchema = z
  .object({
    model: modelName,
    file: formFileSchema,
    prompt: text.nullish(),
    response_format: text.nullish(),
    stream: formFlag.nullish(),
  })
  .meta({ id: 'TranscriptionRequest' });

export const translationRequestSchema = z
  .object({ model: modelName, file: formFileSchema, prompt: text.nullish(), response_format: text.nullish() })
  .meta({ id: 'TranslationRequest' });

function hasImage(form: { readonly image?: unknown; readonly 'image[]'?: unknown }): boolean {
  return form.image !== undefined || form['image[]'] !== undefined;
}

export type EmbeddingsRequest = z.infer<typeof embeddingsRequestSchema>;
export type ModerationsRequest = z.infer<typeof moderationsRequestSchema>;
export type ImageGenerationRequest = z.infer<typeof imageGenerationRequestSchema>;
export type ImageEditRequest = z.infer<typeof imageEditRequestSchema>;
export type ImageVariationRequest = z.infer<typeof imageVariationRequestSchema>;
export type SpeechRequest = z.infer<typeof speechRequestSchema>;
export type TranscriptionRequest = z.infer<typeof transcriptionRequestSchema>;
export type TranslationRequest = z.infer<typeof translationRequestSchema>;
