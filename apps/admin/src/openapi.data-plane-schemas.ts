import {
  batchListQuerySchema,
  batchObjectSchema,
  createBatchSchema,
  feedbackRequestSchema,
  fileListQuerySchema,
  fileObjectSchema,
  formFileSchema,
  modelListSchema,
  type Operation,
  OPERATIONS,
} from '@relay/contracts';
import { readingOf } from '@relay/protocols';
import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';

export type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];
type Properties = Readonly<Record<string, Schema>>;

/** The schemas that routes of the data plane refer to, by their names. */
export function dataPlaneSchemas(): Record<string, Schema> {
  const asked = OPERATIONS.map((operation) => readingOf(operation).schema);
  const inputs = [...asked, createBatchSchema, feedbackRequestSchema].map((schema) => componentsOf(schema, 'input'));
  const outputs = [modelListSchema, fileObjectSchema, batchObjectSchema].map((schema) =>
    componentsOf(schema, 'output'),
  );
  return Object.assign({}, ...inputs, ...outputs) as Record<string, Schema>;
}

/** The name under which the body of an operation is described. */
export function bodyNameOf(operation: Operation): string {
  const name = readingOf(operation).schema.meta()?.id;
  if (name === undefined) throw new Error(`The schema of ${operation} has no id.`);
  return name;
}

/** Whether a body may ask for events: by a field that says so. */
export function mayStream(operation: Operation): boolean {
  const name = bodyNameOf(operation);
  const described = componentsOf(readingOf(operation).schema, 'input')[name] as { readonly properties?: Properties };
  return ['stream', 'stream_format'].some((field) => field in (described.properties ?? {}));
}

export const FILE_LIST_QUERY = queryOf(fileListQuerySchema);
export const BATCH_LIST_QUERY = queryOf(batchListQuerySchema);

/** The parameters of a query, by name. */
function queryOf(schema: z.ZodType): Properties {
  return (jsonSchemaOf(schema, 'output')['properties'] ?? {}) as Properties;
}

/** A schema with an id comes as a reference to its definition. */
function componentsOf(schema: z.ZodType, io: 'input' | 'output'): Record<string, Schema> {
  return (jsonSchemaOf(schema, io)['definitions'] ?? {}) as Record<string, Schema>;
}

/** Of a form the relay knows what a file is, clients send its bytes. What only code can check is described in words. */
function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema !== formFileSchema) return;
      for (const key of Object.keys(jsonSchema)) delete (jsonSchema as Record<string, unknown>)[key];
      Object.assign(jsonSchema, { type: 'string', format: 'binary' });
    },
  });
}
