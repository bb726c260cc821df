import { HEADERS, preferenceSchema, serviceLevelSchema } from '@relay/contracts';
import type { OpenAPIObject } from '@nestjs/swagger';
import { MODEL_ROUTES, PLAIN_ROUTES, type PlainRoute } from './openapi.data-plane-routes';
import { bodyNameOf, dataPlaneSchemas, mayStream, type Schema } from './openapi.data-plane-schemas';

type Paths = OpenAPIObject['paths'];
type Operation = NonNullable<Paths[string]['get']>;
type Content = Record<string, { schema: Schema | { $ref: string } }>;

/** The data plane is not made of Nest controllers, so it is described by hand from the same schemas. */
export function describeDataPlane(): { paths: Paths; schemas: Record<string, Schema> } {
  const paths: Paths = {};
  for (const route of MODEL_ROUTES) paths[route.path] = { post: askModel(route) };
  for (const route of PLAIN_ROUTES) paths[route.path] = { ...paths[route.path], [route.method]: plainRoute(route) };
  return { paths, schemas: dataPlaneSchemas() };
}

const reference = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });
const json = (name: string) => ({ 'application/json': { schema: reference(name) } });
const form = (schema: Schema | { $ref: string }) => ({ 'multipart/form-data': { schema } });
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

const ANY_JSON = { 'application/json': { schema: { type: 'object', additionalProperties: true } } } as const;
const ANY_BYTES = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } as const;
const ANY_STREAM = { 'text/event-stream': { schema: { type: 'string' } } } as const;
const ANY_TEXT = { 'text/plain': { schema: { type: 'string' } } } as const;

const FAILURE = { description: "Refused or failed, in OpenAI's shape; `code` says why.", content: json('Error') };
const FAILURE_OF_MESSAGES = {
  description: "Refused or failed, in Anthropic's shape; `error.code` says why.",
  content: ANY_JSON,
};
const failureOf = (path: string) => (path.startsWith('/v1/messages') ? FAILURE_OF_MESSAGES : FAILURE);

const ASKING = [
  TENANT_HEADER,
  header(HEADERS.priority, 'How urgent the request is.', { type: 'string', enum: serviceLevelSchema.options }),
  header(HEADERS.deadlineMs, 'How long the app will wait, in ms.', { type: 'integer', minimum: 1 }),
  header(HEADERS.tags, 'Tags for policies and usage, separated by commas.'),
  header(HEADERS.user, 'The end user on whose behalf the app asks.'),
  header(HEADERS.prefer, 'What the choice of a model leans to.', { type: 'string', enum: preferenceSchema.options }),
  header(HEADERS.explain, '1: a JSON reply that is not streamed holds its plan, as its field `relay`.', {
    type: 'string',
    enum: ['1'],
  }),
  header(HEADERS.idempotencyKey, 'The same key, route and body get the reply of the first for a day.', {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    pattern: '^[!-~]+$',
  }),
  header(HEADERS.requestId, "The app's own id of the request."),
  header('cache-control', 'no-cache, no-store, only-if-cached or max-age=N.'),
];

const ANSWERS = { json: ANY_JSON, text: { ...ANY_JSON, ...ANY_TEXT }, bytes: ANY_BYTES } as const;

function askModel({ operation, path, id, summary, body, answer }: (typeof MODEL_ROUTES)[number]): Operation {
  const asked = bodyNameOf(operation);
  const streams = mayStream(operation);
  return {
    operationId: `DataPlane_${id}`,
    summary,
    tags: ['v1'],
    security: [{ apiKey: [] }],
    parameters: ASKING,
    requestBody: { required: true, content: body === 'form' ? form(reference(asked)) : json(asked) },
    responses: {
      200: {
        description: streams ? 'The answer, or where the body asks for it server-sent events.' : 'The answer.',
        content: { ...ANSWERS[answer], ...(streams ? ANY_STREAM : {}) },
      },
      default: failureOf(path),
    },
  };
}

function plainRoute({ id, summary, path, query = {}, headers = {}, body, answer }: PlainRoute): Operation {
  const idParameter = { name: 'id', in: 'path' as const, required: true, schema: { type: 'string' as const } };
  return {
    operationId: `DataPlane_${id}`,
    summary,
    tags: ['v1'],
    security: [{ apiKey: [] }],
    parameters: [
      TENANT_HEADER,
      ...Object.entries(headers).map(([name, description]) => header(name, description)),
      ...(path.includes('{id}') ? [idParameter] : []),
      ...Object.entries(query).map(([name, schema]) => ({ name, in: 'query' as const, required: false, schema })),
    ],
    ...(body && { requestBody: { required: true, content: typeof body === 'string' ? json(body) : form(body.form) } }),
    responses: { 200: { description: 'Done.', content: contentOf(answer) }, default: failureOf(path) },
  };
}

function contentOf(answer: PlainRoute['answer']): Content {
  if (answer === undefined) return ANY_JSON;
  if (answer === 'bytes') return ANY_BYTES;
  if (answer === 'json or events') return { ...ANY_JSON, ...ANY_STREAM };
  return 'listOf' in answer ? { 'application/json': { schema: listOf(answer.listOf) } } : json(answer.one);
}

const listOf = (name: string): Schema => ({
  type: 'object',
  required: ['object', 'data', 'first_id', 'last_id', 'has_more'],
  properties: {
    object: { type: 'string', enum: ['list'] },
    data: { type: 'array', items: reference(name) },
    first_id: { type: 'string', nullable: true },
    last_id: { type: 'string', nullable: true },
    has_more: { type: 'boolean' },
  },
});
