import { KnownRoutes } from './known-routes';

describe('the routes that there are', () => {
  const routes = new KnownRoutes();
  routes.note({ url: '/v1/files', method: 'POST' });
  routes.note({ url: '/v1/files', method: ['GET', 'HEAD'] });
  routes.note({ url: '/v1/files/:id/content', method: 'GET' });
  routes.note({ url: '/v1/models/*', method: 'GET' });

  it.each([
    ['/v1/files', ['GET', 'HEAD', 'POST']],
    ['/v1/files/f-1/content', ['GET']],
    ['/v1/files/f-1/other', []],
    ['/v1/files/a/b/content', []],
    ['/v1/models/org/name', ['GET']],
    ['/v1xfiles', []],
  ])('take, at %s, %j', (path, methods) => {
    expect(routes.methodsOf(path)).toEqual(methods);
  });
});
