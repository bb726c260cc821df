import { OPERATION_SHAPES, OPERATIONS } from '@relay/contracts';
import { describeDataPlane } from './openapi.data-plane';

interface Described {
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, unknown>> }>>;
}

describe('the description of the data plane', () => {
  const { paths, schemas } = describeDataPlane();
  const route = (method: 'get' | 'post' | 'delete', path: string): Described =>
    (paths[path]?.[method] ?? null) as unknown as Described;
  const answersOf = (path: string, method: 'get' | 'post' = 'post'): string[] =>
    Object.keys(route(method, path).responses['200']?.content ?? {});
  const queryOf = (path: string): string[] =>
    route('get', path)
      .parameters.filter((parameter) => parameter.in === 'query')
      .map(({ name }) => name);

  it('refers to nothing that it does not hold, but for the errors of both planes', () => {
    const text = JSON.stringify({ paths, schemas });
    const named = new Set(text.match(/(?<=#\/components\/schemas\/)\w+/g));
    expect([...named].filter((name) => !(name in schemas))).toEqual(['Error']);
  });

  it.each(OPERATIONS)('shows what a body of %s holds', (operation) => {
    const { path, body } = OPERATION_SHAPES[operation];
    const type = body === 'form' ? 'multipart/form-data' : 'application/json';
    expect(route('post', `/v1/${path}`).requestBody?.content[type]?.schema).toEqual({
      $ref: expect.stringMatching(/Request$/) as string,
    });
  });

  it('shows the body of every other route that has one', () => {
    const withBody = ['/v1/files', '/v1/batches', '/v1/feedback', '/v1/messages/count_tokens'];
    for (const path of withBody) expect(route('post', path).requestBody).toBeDefined();
    for (const path of ['/v1/batches/{id}/cancel', '/v1/responses/{id}/cancel'])
      expect(route('post', path).requestBody).toBeUndefined();
  });

  it('has files of a form as bytes', () => {
    expect(schemas['TranscriptionRequest']).toMatchObject({
      properties: { file: { type: 'string', format: 'binary' } },
    });
  });

  it('promises events only where they can be asked for', () => {
    expect(answersOf('/v1/embeddings')).toEqual(['application/json']);
    expect(answersOf('/v1/moderations')).toEqual(['application/json']);
    expect(answersOf('/v1/chat/completions')).toContain('text/event-stream');
    expect(answersOf('/v1/audio/speech')).toEqual(['application/octet-stream', 'text/event-stream']);
    expect(answersOf('/v1/files/{id}/content', 'get')).toEqual(['application/octet-stream']);
  });

  it('names what queries may say', () => {
    expect(queryOf('/v1/files')).toEqual(['after', 'limit', 'order', 'purpose']);
    expect(queryOf('/v1/batches')).toEqual(['after', 'limit']);
    expect(queryOf('/v1/responses/{id}')).toEqual(['stream', 'starting_after']);
    expect(queryOf('/v1/responses/{id}/input_items')).toEqual(['after', 'limit', 'order']);
  });

  it('names the headers that a request to a model may have', () => {
    const names = route('post', '/v1/embeddings').parameters.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['idempotency-key', 'x-relay-prefer', 'x-relay-explain']));
  });
});
