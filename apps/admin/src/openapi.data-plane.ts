import { chatCompletionRequestSchema, HEADERS, modelListSchema, serviceLevelSchema } from '@relay/contracts';
import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';

type Paths = OpenAPIObject['paths'];
type Operation = NonNullable<Paths[string]['get']>;
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

/** The data plane is not made of Nest controllers, so it is described by hand from the same schemas. */
export function describeDataPlane(): { paths: Paths; schemas: Record<string, Schema> } {
  return {
    paths: { '/v1/chat/completions': { post: CHAT }, '/v1/models': { get: MODELS } },
    schemas: { ...componentsOf(chatCompletionRequestSchema, 'input'), ...componentsOf(modelListSchema, 'output') },
  };
}

/** A schema with an id comes as a reference to its definition. */
function componentsOf(schema: z.ZodType, io: 'input' | 'output'): Record<string, Schema> {
  const { definitions } = z.toJSONSchema(schema, { target: 'openapi-3.0', io });
  return (definitions ?? {}) as Record<string, Schema>;
}

const reference = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });
const json = (name: string) => ({ 'application/json': { schema: reference(name) } });
const header = (name: string, description: string, schema: Schema = { type: 'string' }) => ({
  name,
  in: 'header' as const,
  required: false,
  description,
  schema,
});

const TENANT_HEADER = header(
  HEADERS.tenant,
  "The key's own tenant, or another if the key has the scope tenant:act-as.",
);
const FAILURE = { description: "Refused or failed, in OpenAI's shape; `code` says why.", content: json('Error') };

const CHAT: Operation = {
  operationId: 'DataPlane_createChatCompletion',
  summary: 'A chat completion, as OpenAI has it; unknown parameters reach the upstream',
  tags: ['v1'],
  security: [{ apiKey: [] }],
  parameters: [
    TENANT_HEADER,
    header(HEADERS.priority, 'How urgent the request is.', { type: 'string', enum: serviceLevelSchema.options }),
    header(HEADERS.deadlineMs, 'How long the app will wait, in ms.', { type: 'integer', minimum: 1 }),
    header(HEADERS.tags, 'Tags for policies and usage, separated by commas.'),
    header(HEADERS.user, 'The end user on whose behalf the app asks.'),
    header(HEADERS.requestId, "The app's own id of the request."),
    header('cache-control', 'no-cache, no-store, only-if-cached or max-age=N.'),
  ],
  requestBody: { required: true, content: json('ChatCompletionRequest') },
  responses: {
    200: {
      description: 'The completion, or with `stream: true` its chunks as server-sent events.',
      content: {
        'application/json': { schema: { type: 'object', additionalProperties: true } },
        'text/event-stream': { schema: { type: 'string' } },
      },
    },
    default: FAILURE,
  },
};

const MODELS: Operation = {
  operationId: 'DataPlane_listModels',
  summary: 'The models that this key may use',
  tags: ['v1'],
  security: [{ apiKey: [] }],
  parameters: [TENANT_HEADER],
  responses: { 200: { description: 'The models.', content: json('ModelList') }, default: FAILURE },
};
