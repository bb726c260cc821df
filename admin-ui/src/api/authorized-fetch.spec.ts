import { FakeBrowser, request, type FakeReply } from '../../test/fake-browser';

const userOf = (id: string) => ({ id, email: `${id}@example.com`, role: 'owner' });
const session = (id: string, accessToken: string): FakeReply => ({
  status: 200,
  body: { accessToken, expiresIn: 900, user: userOf(id) },
});

describe('requests in the name of a user', () => {
  let browser: FakeBrowser;
  let login: FakeReply;
  let refresh: FakeReply;
  let refused: Set<string>;
  let modules: typeof import('./authorized-fetch') & typeof import('../auth/session') & typeof import('./reachability');

  beforeEach(async () => {
    browser = new FakeBrowser();
    browser.install();
    jest.resetModules();
    modules = {
      ...jest.requireActual<typeof import('./authorized-fetch')>('./authorized-fetch'),
      ...jest.requireActual<typeof import('../auth/session')>('../auth/session'),
      ...jest.requireActual<typeof import('./reachability')>('./reachability'),
    };
    refused = new Set();
    login = session('anna', 'first');
    refresh = { status: 401 };
    browser.answer = ({ url, headers }) => {
      if (url.endsWith('/login')) return login;
      if (url.endsWith('/refresh')) return refresh;
      return { status: refused.has(headers.get('authorization') ?? '') ? 401 : 200 };
    };
    await modules.login('anna@example.com', 'secret');
    browser.asked.length = 0;
  });

  it('carry the token', async () => {
    expect((await modules.authorizedFetch(request('/api/tenants'))).status).toBe(200);
    expect(browser.asked).toEqual(['/api/tenants first']);
  });

  it('are sent once more with the next token when the first is refused', async () => {
    refused.add('Bearer first');
    refresh = session('anna', 'second');
    expect((await modules.authorizedFetch(request('/api/tenants'))).status).toBe(200);
    expect(browser.asked).toEqual(['/api/tenants first', '/api/auth/refresh', '/api/tenants second']);
  });

  it('are not sent again and again', async () => {
    refused.add('Bearer first').add('Bearer second');
    refresh = session('anna', 'second');
    expect((await modules.authorizedFetch(request('/api/tenants'))).status).toBe(401);
    expect(browser.asked).toHaveLength(3);
  });

  it('wait for the same person to log in again', async () => {
    refused.add('Bearer first');
    const reply = modules.authorizedFetch(request('/api/policies/publish'));
    await ended();
    login = session('anna', 'second');
    await modules.login('anna@example.com', 'secret');
    expect((await reply).status).toBe(200);
    expect(browser.asked.at(-1)).toBe('/api/policies/publish second');
  });

  it('are never sent in the name of another, who logs in over the page', async () => {
    refused.add('Bearer first');
    const reply = modules.authorizedFetch(request('/api/policies/publish'));
    await ended();
    const later = modules.authorizedFetch(request('/api/cache/invalidate'));
    login = session('ben', 'of ben');
    await modules.login('ben@example.com', 'secret');
    expect((await reply).status).toBe(401);
    await expect(later).rejects.toMatchObject({ status: 401, code: 'session_over' });
    expect(browser.asked.filter((asked) => asked.includes('of ben'))).toEqual([]);
  });

  it('are never sent in the name of another, whose cookie another tab has got', async () => {
    refused.add('Bearer first');
    refresh = session('ben', 'of ben');
    expect((await modules.authorizedFetch(request('/api/policies/publish'))).status).toBe(401);
    expect(modules.currentUserId()).toBe('ben');
    expect(browser.asked).toEqual(['/api/policies/publish first', '/api/auth/refresh']);
  });

  it('carry nothing when whoever made them has left', async () => {
    browser.answer = () => ({ status: 204 });
    await modules.logout();
    await modules.authorizedFetch(request('/api/tenants'));
    expect(browser.asked).toEqual(['/api/auth/logout', '/api/tenants']);
  });

  it.each<[string, FakeReply, boolean]>([
    ['a refusal', { status: 404 }, true],
    ['a relay that cannot serve', { status: 503, headers: { 'x-request-id': 'r1' } }, true],
    ['the excuse of a proxy', { status: 502 }, false],
  ])('tell whether somebody answers: %s', async (_what, reply, isReachable) => {
    browser.answer = () => reply;
    await modules.authorizedFetch(request('/api/tenants'));
    expect(modules.isReachable()).toBe(isReachable);
  });

  it('tell that nobody answers, but not of a request that was called off', async () => {
    browser.answer = () => null;
    const off = new AbortController();
    const called = modules.authorizedFetch(new Request(request('/api/tenants'), { signal: off.signal }));
    off.abort();
    await expect(called).rejects.toThrow();
    expect(modules.isReachable()).toBe(true);
    await expect(modules.authorizedFetch(request('/api/tenants'))).rejects.toMatchObject({ code: 'unreachable' });
    expect(modules.isReachable()).toBe(false);
  });

  /** The relay has refused both token and cookie. */
  const ended = (): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (modules.currentSession().kind !== 'ended') return;
        stop();
        resolve();
      };
      const stop = modules.onSession(look);
      look();
    });
});
