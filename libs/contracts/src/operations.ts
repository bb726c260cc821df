/** Ways of asking for generated text: one question, four wire protocols. */
export const GENERATIVE_OPERATIONS = ['chat', 'completions', 'responses', 'messages'] as const;

/** What an app can ask a model for. Each has a route of its own and takes the same way: key, limits, budget, plan, trace, cost. */
export const OPERATIONS = [
  ...GENERATIVE_OPERATIONS,
  'embeddings',
  'moderations',
  'images.generations',
  'images.edits',
  'images.variations',
  'audio.speech',
  'audio.transcriptions',
  'audio.translations',
] as const;

export type GenerativeOperation = (typeof GENERATIVE_OPERATIONS)[number];
export type Operation = (typeof OPERATIONS)[number];

interface OperationShape {
  /** Under `/v1/` here, and under the base URL of a provider that speaks it. */
  readonly path: string;
  /** A `form` is multipart/form-data. */
  readonly body: 'json' | 'form';
  /** `text` is JSON or, if the app asks for it, plain text; `bytes` are passed on as they come. */
  readonly answer: 'json' | 'text' | 'bytes';
  /** Whether the same question may be given the answer of before. */
  readonly cacheable: boolean;
}

export const OPERATION_SHAPES = {
  chat: { path: 'chat/completions', body: 'json', answer: 'json', cacheable: true },
  completions: { path: 'completions', body: 'json', answer: 'json', cacheable: true },
  responses: { path: 'responses', body: 'json', answer: 'json', cacheable: true },
  messages: { path: 'messages', body: 'json', answer: 'json', cacheable: true },
  embeddings: { path: 'embeddings', body: 'json', answer: 'json', cacheable: true },
  moderations: { path: 'moderations', body: 'json', answer: 'json', cacheable: true },
  'images.generations': { path: 'images/generations', body: 'json', answer: 'json', cacheable: false },
  'images.edits': { path: 'images/edits', body: 'form', answer: 'json', cacheable: false },
  'images.variations': { path: 'images/variations', body: 'form', answer: 'json', cacheable: false },
  'audio.speech': { path: 'audio/speech', body: 'json', answer: 'bytes', cacheable: false },
  'audio.transcriptions': { path: 'audio/transcriptions', body: 'form', answer: 'text', cacheable: false },
  'audio.translations': { path: 'audio/translations', body: 'form', answer: 'text', cacheable: false },
} as const satisfies Record<Operation, OperationShape>;

export function isGenerative(operation: Operation): operation is GenerativeOperation {
  return (GENERATIVE_OPERATIONS as readonly string[]).includes(operation);
}
