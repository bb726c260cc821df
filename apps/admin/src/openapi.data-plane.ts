import { chatCompletionRequestSchema, HEADERS, modelListSchema, serviceLevelSchema } from '@relay/contracts';
import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { MODEL_ROUTES, PLAIN_ROUTES, type PlainRoute } from './openapi.data-plane-routes';

type Paths = OpenAPIObject['paths'];
type Operation = NonNullable<Paths[string]['get']>;
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

/** The data plane is not made of Nest controllers, so it is described by hand from the same schemas. */
export function describeDataPlane(): { paths: Paths; schemas: Record<string, Schema> } {
  const paths: Paths = { '/v1/models': { get: MODELS } };
  for (const route of MODEL_ROUTES) paths[route.path] = { post: askModel(route) };
  for (const route of PLAIN_ROUTES) paths[route.path] = { ...paths[route.path], [route.method]: plainRoute(route) };
  return {
    paths,
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

const ANY_JSON = { 'application/json': { schema: { type: 'object', additionalProperties: true } } } as const;
const ANY_FORM = { 'multipart/form-data': { schema: { type: 'object', additionalProperties: true } } } as const;
const ANY_BYTES = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } as const;
const ANY_STREAM = { 'text/event-stream': { schema: { type: 'string' } } } as const;

const ASKING = [
  TENANT_HEADER,
  header(HEADERS.priority, 'How urgent the request is.', { type: 'string', enum: serviceLevelSchema.options }),
  header(HEADERS.deadlineMs, 'How long the app will wait, in ms.', { type: 'integer', minimum: 1 }),
  header(HEADERS.tags, 'Tags for policies and usage, separated by commas.'),
  header(HEADERS.user, 'The end user on whose behalf the app asks.'),
  header(HEADERS.requestId, "The app's own id of the request."),
  header('cache-control', 'no-cache, no-store, only-if-cached or max-age=N.'),
];

function askModel({ operation, id, summary, body, answer }: (typeof MODEL_ROUTES)[number]): Operation {
  const asked = operation === 'chat' ? json('ChatCompletionRequest') : body === 'form' ? ANY_FORM : ANY_JSON;
  const answered = answer === 'bytes' ? ANY_BYTES : ANY_JSON;
  return {
    operationId: `DataPlane_${id}`,
    summary,
    tags: ['v1'],
    security: [{ apiKey: [] }],
    parameters: ASKING,
    requestBody: { required: true, content: asked },
    responses: {
      200: {
        description: 'The answer, or with `stream: true` its chunks as server-sent events.',
        content: { ...answered, ...ANY_STREAM },
      },
      default: FAILURE,
    },
  };
}

function plainRoute({ id, summary, path }: PlainRoute): Operation {
  const idParameter = { name: 'id', in: 'path' as const, required: true, schema: { type: 'string' as const } };
  return {
    operationId: `DataPlane_${id}`,
    summary,
    tags: ['v1'],
    security: [{ apiKey: [] }],
    parameters: path.includes('{id}') ? [TENANT_HEADER, idParameter] : [TENANT_HEADER],
    responses: { 200: { description: 'Done.', content: ANY_JSON }, default: FAILURE },
  };
}

const MODELS: Operation = {
  operationId: 'DataPlane_listModels',
  summary: 'The models that this key may use',
  tags: ['v1'],
  security: [{ apiKey: [] }],
  parameters: [TENANT_HEADER],
  responses: { 200: { description: 'The models.', content: json('ModelList') }, default: FAILURE },
};
