import { OPERATION_SHAPES, OPERATIONS, type Operation } from '@relay/contracts';

/** A route of the data plane that no model answers at once. */
export interface PlainRoute {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly id: string;
  readonly summary: string;
}

const SUMMARIES = {
  chat: 'A chat completion, as OpenAI has it',
  completions: 'A completion of a text, as OpenAI has it',
  responses: 'A response, as OpenAI has it; stored, continued and made in the background by the relay',
  messages: 'A message, as Anthropic has it',
  embeddings: 'Embeddings of texts',
  moderations: 'Whether texts or images are harmful',
  'images.generations': 'Images from a prompt',
  'images.edits': 'Images from images and a prompt',
  'images.variations': 'Variations of an image',
  'audio.speech': 'Speech from a text',
  'audio.transcriptions': 'What is said in a recording',
  'audio.translations': 'What is said in a recording, in English',
} as const satisfies Record<Operation, string>;

export const MODEL_ROUTES = OPERATIONS.map((operation) => ({
  operation,
  path: `/v1/${OPERATION_SHAPES[operation].path}`,
  id: operation.replaceAll(/\.(\w)/g, (_dot, letter: string) => letter.toUpperCase()),
  summary: `${SUMMARIES[operation]}; unknown parameters reach the upstream`,
  body: OPERATION_SHAPES[operation].body,
  answer: OPERATION_SHAPES[operation].answer,
}));

export const PLAIN_ROUTES: readonly PlainRoute[] = [
  { method: 'post', path: '/v1/messages/count_tokens', id: 'countTokens', summary: 'How many tokens a message has' },
  { method: 'get', path: '/v1/responses/{id}', id: 'getResponse', summary: 'A response that the relay keeps' },
  { method: 'delete', path: '/v1/responses/{id}', id: 'deleteResponse', summary: 'Forgets a response' },
  {
    method: 'post',
    path: '/v1/responses/{id}/cancel',
    id: 'cancelResponse',
    summary: 'Ends a response that is being made in the background',
  },
  { method: 'get', path: '/v1/responses/{id}/input_items', id: 'listInputItems', summary: 'What a response answers' },
  { method: 'post', path: '/v1/files', id: 'createFile', summary: 'Uploads a file, as multipart/form-data' },
  { method: 'get', path: '/v1/files', id: 'listFiles', summary: 'The files of this tenant' },
  { method: 'get', path: '/v1/files/{id}', id: 'getFile', summary: 'One file' },
  { method: 'get', path: '/v1/files/{id}/content', id: 'getFileContent', summary: 'What is in a file' },
  { method: 'delete', path: '/v1/files/{id}', id: 'deleteFile', summary: 'Removes a file' },
  {
    method: 'post',
    path: '/v1/batches',
    id: 'createBatch',
    summary: 'Has the requests in a file answered within a day',
  },
  { method: 'get', path: '/v1/batches', id: 'listBatches', summary: 'The batches of this tenant' },
  { method: 'get', path: '/v1/batches/{id}', id: 'getBatch', summary: 'One batch, and how far it is' },
  { method: 'post', path: '/v1/batches/{id}/cancel', id: 'cancelBatch', summary: 'Ends a batch before its time' },
  { method: 'post', path: '/v1/feedback', id: 'giveFeedback', summary: 'What an answer was worth' },
];
