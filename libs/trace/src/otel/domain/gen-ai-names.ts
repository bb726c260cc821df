/** Values of `gen_ai.operation.name`; what the conventions have no name for keeps its own. */
const OPERATION_NAMES: Readonly<Record<string, string>> = {
  '/v1/chat/completions': 'chat',
  '/v1/messages': 'chat',
  '/v1/responses': 'chat',
  '/v1/completions': 'text_completion',
  '/v1/embeddings': 'embeddings',
};

/** `/v1/images/generations` becomes `images.generations`. */
export const operationName = (endpoint: string): string =>
  OPERATION_NAMES[endpoint] ?? endpoint.replace(/^\/v1\//, '').replaceAll('/', '.');
