import type { Operation } from '@relay/contracts';
import { speechReading, transcriptionsReading, translationsReading } from './plain/audio.reading';
import { embeddingsReading } from './plain/embeddings.reading';
import { imageEditsReading, imageGenerationsReading, imageVariationsReading } from './plain/images.reading';
import { moderationsReading } from './plain/moderations.reading';
import { PROTOCOLS } from './protocols';
import type { RequestReading } from './wire-protocol';

const READINGS = {
  ...PROTOCOLS,
  embeddings: embeddingsReading,
  moderations: moderationsReading,
  'images.generations': imageGenerationsReading,
  'images.edits': imageEditsReading,
  'images.variations': imageVariationsReading,
  'audio.speech': speechReading,
  'audio.transcriptions': transcriptionsReading,
  'audio.translations': translationsReading,
} satisfies Record<Operation, RequestReading>;

/** Of a body in JSON, or of the fields of a form. */
export function readingOf(operation: Operation): RequestReading {
  return READINGS[operation];
}
