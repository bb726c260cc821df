import { FILE_PURPOSES, OPERATION_SHAPES, OPERATIONS, type Operation } from '@relay/contracts';
import { BATCH_LIST_QUERY, FILE_LIST_QUERY, type Schema } from './openapi.data-plane-schemas';

/** A route of the data plane that no model answers at once. Schemas are named as they are in the components. */
export interface PlainRoute {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly query?: Readonly<Record<string, Schema>>;
  /** What the headers are for that the route reads, by name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The name of the schema of a JSON body, or the fields of a form. */
  readonly body?: string | { readonly form: Schema };
  /** Absent: some JSON. */
  readonly answer?: 'bytes' | 'json or events' | { readonly one: string } | { readonly listOf: string };
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

/** As `expires_after` of OpenAI's uploads: an hour to thirty days. */
const UPLOAD: Schema = {
  type: 'object',
  required: ['file', 'purpose'],
  properties: {
    file: { type: 'string', format: 'binary' },
    purpose: { type: 'string', enum: [...FILE_PURPOSES] },
    'expires_after[anchor]': { type: 'string', enum: ['created_at'] },
    'expires_after[seconds]': { type: 'integer', minimum: 3_600, maximum: 2_592_000 },
  },
};

const ITEMS_QUERY: Readonly<Record<string, Schema>> = {
  after: { type: 'string' },
  limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
  order: { type: 'string', enum: ['asc', 'desc'], default: 'desc' },
};

const RESPONSE_QUERY: Readonly<Record<string, Schema>> = {
  stream: { type: 'boolean', description: 'Its events, as they were and as they come.' },
  starting_after: {
    type: 'integer',
    minimum: 0,
    description: 'Of a stream: the number of the last event that is known.',
  },
};

const ANTHROPIC_VERSION = { 'anthropic-version': "Whatever it says, models are listed in Anthropic's shape." };

const MODEL_LISTS: readonly PlainRoute[] = [
  {
    method: 'get',
    path: '/v1/models',
    id: 'listModels',
    summary: 'The models that this key may use',
    headers: ANTHROPIC_VERSION,
    answer: { one: 'ModelList' },
  },
  {
    method: 'get',
    path: '/v1/models/{id}',
    id: 'getModel',
    summary: 'One of the models that this key may use',
    headers: ANTHROPIC_VERSION,
  },
];

const KEPT_RESPONSES: readonly PlainRoute[] = [
  {
    method: 'get',
    path: '/v1/responses/{id}',
    id: 'getResponse',
    summary: 'A response that the relay keeps',
    query: RESPONSE_QUERY,
    answer: 'json or events',
  },
  { method: 'delete', path: '/v1/responses/{id}', id: 'deleteResponse', summary: 'Forgets a response' },
  {
    method: 'post',
    path: '/v1/responses/{id}/cancel',
    id: 'cancelResponse',
    summary: 'Ends a response that is being made in the background',
  },
  {
    method: 'get',
    path: '/v1/responses/{id}/input_items',
    id: 'listInputItems',
    summary: 'What a response answers',
    query: ITEMS_QUERY,
  },
];

const FILES: readonly PlainRoute[] = [
  {
    method: 'post',
    path: '/v1/files',
    id: 'createFile',
    summary: 'Uploads a file, as multipart/form-data',
    body: { form: UPLOAD },
    answer: { one: 'FileObject' },
  },
  {
    method: 'get',
    path: '/v1/files',
    id: 'listFiles',
    summary: 'The files of this tenant',
    query: FILE_LIST_QUERY,
    answer: { listOf: 'FileObject' },
  },
  { method: 'get', path: '/v1/files/{id}', id: 'getFile', summary: 'One file', answer: { one: 'FileObject' } },
  {
    method: 'get',
    path: '/v1/files/{id}/content',
    id: 'getFileContent',
    summary: 'What is in a file',
    answer: 'bytes',
  },
  { method: 'delete', path: '/v1/files/{id}', id: 'deleteFile', summary: 'Removes a file' },
];

const BATCHES: readonly PlainRoute[] = [
  {
    method: 'post',
    path: '/v1/batches',
    id: 'createBatch',
    summary: 'Has the requests in a file answered within a day',
    body: 'CreateBatch',
    answer: { one: 'Batch' },
  },
  {
    method: 'get',
    path: '/v1/batches',
    id: 'listBatches',
    summary: 'The batches of this tenant',
    query: BATCH_LIST_QUERY,
    answer: { listOf: 'Batch' },
  },
  {
    method: 'get',
    path: '/v1/batches/{id}',
    id: 'getBatch',
    summary: 'One batch, and how far it is',
    answer: { one: 'Batch' },
  },
  {
    method: 'post',
    path: '/v1/batches/{id}/cancel',
    id: 'cancelBatch',
    summary: 'Ends a batch before its time',
    answer: { one: 'Batch' },
  },
];

export const PLAIN_ROUTES: readonly PlainRoute[] = [
  {
    method: 'post',
    path: '/v1/messages/count_tokens',
    id: 'countTokens',
    summary: 'How many tokens a message has',
    body: 'MessagesRequest',
  },
  ...MODEL_LISTS,
  ...KEPT_RESPONSES,
  ...FILES,
  ...BATCHES,
  {
    method: 'post',
    path: '/v1/feedback',
    id: 'giveFeedback',
    summary: 'What an answer was worth',
    body: 'FeedbackRequest',
  },
];
