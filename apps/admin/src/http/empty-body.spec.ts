import fastify from 'fastify';
import { forgetTypeOfEmptyBody } from './empty-body';

describe('a request that names a type and sends nothing', () => {
  const server = fastify();
  server.addHook('onRequest', forgetTypeOfEmptyBody);
  server.post('/api/auth/logout', ({ body }) => ({ body: body ?? null }));
  server.post('/v1/files', ({ body }) => ({ body: body ?? null }));
  afterAll(() => server.close());
  const post = async (url: string, payload?: string, more = {}): Promise<[number, string]> => {
    const headers = { 'content-type': 'application/json', ...more };
    const reply = await server.inject({ method: 'POST', url, headers, ...(payload !== undefined && { payload }) });
    return [reply.statusCode, reply.body];
  };

  it('has no body, whether it says so or not', async () => {
    expect(await post('/api/auth/logout')).toEqual([200, '{"body":null}']);
    expect(await post('/api/auth/logout', undefined, { 'content-length': '0' })).toEqual([200, '{"body":null}']);
  });

  it('is told from one that sends something, and from those of the data plane', async () => {
    expect(await post('/api/auth/logout', '{"a":1}')).toEqual([200, '{"body":{"a":1}}']);
    expect((await post('/v1/files'))[0]).toBe(400);
  });
});
