import { FakeBrowser, type FakeReply } from '../../test/fake-browser';

type SessionModule = typeof import('./session');

const ANNA = { id: 'anna', email: 'anna@example.com', role: 'owner' };
const BEN = { id: 'ben', email: 'ben@example.com', role: 'operator' };
const MINUTES_15 = 900;

const loginOf = (user: object, accessToken: string): FakeReply => ({
  status: 200,
  body: { accessToken, expiresIn: MINUTES_15, user },
});

/** A reply that comes when the test says so. */
function held() {
  let give: (reply: FakeReply) => void = () => undefined;
  const reply = new Promise<FakeReply>((resolve) => (give = resolve));
  return { reply, give };
}

describe('the session', () => {
  let browser: FakeBrowser;
  let replies: Record<string, () => FakeReply | Promise<FakeReply>>;

  const load = (): SessionModule => {
    jest.resetModules();
    return jest.requireActual<SessionModule>('./session');
  };
  const loggedIn = async (): Promise<SessionModule> => {
    const session = load();
    await session.login(ANNA.email, 'secret');
    browser.asked.length = 0;
    return session;
  };

  beforeEach(() => {
    jest.useFakeTimers();
    browser = new FakeBrowser();
    browser.install();
    replies = {
      '/api/auth/login': () => loginOf(ANNA, 'first'),
      '/api/auth/refresh': () => loginOf(ANNA, 'second'),
      '/api/auth/logout': () => ({ status: 204 }),
    };
    browser.answer = ({ url }) => replies[new URL(url).pathname]?.() ?? null;
  });
  afterEach(() => jest.useRealTimers());

  it('is not asked for where nobody has logged in', async () => {
    const session = load();
    await session.resumeSession();
    expect(session.currentSession()).toEqual({ kind: 'anonymous' });
    expect(browser.asked).toEqual([]);
  });

  it('leaves no token in the storage', async () => {
    await loggedIn();
    expect(JSON.stringify([...browser.local, ...browser.tab])).not.toContain('first');
  });

  it('works where the browser keeps nothing', async () => {
    browser.switchOffStorage();
    const session = await loggedIn();
    expect(session.currentSession()).toMatchObject({ kind: 'active', user: ANNA });
  });

  it('is renewed once for all that ask at the same time, when its token is about to expire', async () => {
    const session = await loggedIn();
    jest.advanceTimersByTime((MINUTES_15 - 10) * 1_000);
    const tokens = await Promise.all([session.accessToken('anna'), session.accessToken('anna')]);
    expect(tokens).toEqual(['second', 'second']);
    expect(browser.asked).toEqual(['/api/auth/refresh']);
  });

  it('ends in mid-work when the cookie is refused, and gives the next token to the same person only', async () => {
    const session = await loggedIn();
    replies['/api/auth/refresh'] = () => ({ status: 401 });
    const waiting = session.accessToken('anna', 'first');
    await session.renewSession();
    expect(session.currentSession()).toMatchObject({ kind: 'ended', user: ANNA });
    replies['/api/auth/login'] = () => loginOf(ANNA, 'third');
    await session.login(ANNA.email, 'secret');
    expect(await waiting).toBe('third');
  });

  it('gives nothing to what the one before had asked for', async () => {
    const session = await loggedIn();
    replies['/api/auth/refresh'] = () => ({ status: 401 });
    const waiting = session.accessToken('anna', 'first');
    replies['/api/auth/login'] = () => loginOf(BEN, 'of ben');
    await session.login(BEN.email, 'secret');
    expect(await waiting).toBeNull();
    expect(await session.accessToken('anna')).toBeNull();
    expect(await session.accessToken('ben')).toBe('of ben');
  });

  it('forgets what the one before typed in this tab, and keeps it over a reload of the same', async () => {
    await loggedIn();
    browser.tab.set('relay-policy-text:7', 'of anna');
    await load().resumeSession();
    expect(browser.tab.has('relay-policy-text:7')).toBe(true);
    replies['/api/auth/login'] = () => loginOf(BEN, 'of ben');
    await load().login(BEN.email, 'secret');
    expect(browser.tab.has('relay-policy-text:7')).toBe(false);
  });

  describe('at a logout', () => {
    it('is over here and at the relay, after what was borrowed was given back', async () => {
      const session = await loggedIn();
      session.beforeLogout(async () => void browser.asked.push('given back'));
      await session.logout();
      expect(session.currentSession()).toEqual({ kind: 'anonymous' });
      expect(browser.asked).toEqual(['given back', '/api/auth/logout']);
      expect(browser.local.size).toBe(0);
    });

    it('is not begun again by a renewal that was on its way; the cookie of that is ended after it', async () => {
      const session = await loggedIn();
      const slow = held();
      replies['/api/auth/refresh'] = () => slow.reply;
      const renewal = session.renewSession();
      const leaving = session.logout();
      slow.give(loginOf(ANNA, 'too late'));
      await Promise.all([renewal, leaving]);
      expect(session.currentSession()).toEqual({ kind: 'anonymous' });
      expect(browser.asked).toEqual(['/api/auth/refresh', '/api/auth/logout']);
    });

    it('says that the relay could not be told, and tells it when it answers', async () => {
      const session = await loggedIn();
      replies['/api/auth/logout'] = () => null;
      const leaving = session.logout();
      await jest.advanceTimersByTimeAsync(100);
      expect(session.currentSession()).toEqual({ kind: 'anonymous', untold: true });
      replies['/api/auth/logout'] = () => ({ status: 204 });
      await jest.advanceTimersByTimeAsync(10_000);
      await leaving;
      expect(session.currentSession()).toEqual({ kind: 'anonymous' });
    });

    it('is not taken up by a reload before the relay has heard of it, but ended', async () => {
      const before = await loggedIn();
      replies['/api/auth/logout'] = () => null;
      void before.logout();
      await jest.advanceTimersByTimeAsync(100);
      const session = load();
      expect(session.currentSession()).toEqual({ kind: 'anonymous' });
      replies['/api/auth/logout'] = () => ({ status: 204 });
      await session.resumeSession();
      expect(browser.asked).not.toContain('/api/auth/refresh');
      expect(browser.local.size).toBe(0);
    });

    it('tells the relay no more once somebody has logged in again: the cookie is theirs', async () => {
      const session = await loggedIn();
      replies['/api/auth/logout'] = () => null;
      void session.logout();
      await jest.advanceTimersByTimeAsync(100);
      await session.login(ANNA.email, 'secret');
      const told = browser.asked.length;
      await jest.advanceTimersByTimeAsync(60_000);
      expect(browser.asked).toHaveLength(told);
      expect(session.currentSession().kind).toBe('active');
    });

    it('is over in the other tabs too', async () => {
      const session = await loggedIn();
      browser.storedElsewhere('relay-session', 'leaving');
      await jest.advanceTimersByTimeAsync(0);
      expect(session.currentSession()).toEqual({ kind: 'anonymous' });
      expect(browser.asked).toEqual([]);
      browser.storedElsewhere('relay-session', null);
      browser.storedElsewhere('something else', 'leaving');
    });
  });

  describe('after a reload', () => {
    beforeEach(async () => void (await loggedIn()));

    it('goes on', async () => {
      const session = load();
      expect(session.currentSession().kind).toBe('resuming');
      await session.resumeSession();
      expect(session.currentSession()).toMatchObject({ kind: 'active', user: ANNA });
    });

    it.each([null, { status: 502 }, { status: 503 }])('waits while the relay restarts (%j)', async (reply) => {
      replies['/api/auth/refresh'] = () => reply;
      const session = load();
      const { isReachable } = jest.requireActual<typeof import('../api/reachability')>('../api/reachability');
      const resumed = session.resumeSession();
      await jest.advanceTimersByTimeAsync(20_000);
      expect(session.currentSession()).toEqual({ kind: 'resuming', unanswered: true });
      expect(isReachable()).toBe(false);
      replies['/api/auth/refresh'] = () => loginOf(ANNA, 'second');
      await jest.advanceTimersByTimeAsync(10_000);
      await resumed;
      expect(session.currentSession().kind).toBe('active');
      expect(isReachable()).toBe(true);
    });

    it('is over where the cookie is refused', async () => {
      replies['/api/auth/refresh'] = () => ({ status: 401 });
      const session = load();
      await session.resumeSession();
      expect(session.currentSession()).toEqual({ kind: 'anonymous' });
      expect(browser.local.size).toBe(0);
    });

    it('is not waited for by somebody who would rather log in', async () => {
      replies['/api/auth/refresh'] = () => null;
      const session = load();
      const resumed = session.resumeSession();
      await jest.advanceTimersByTimeAsync(1_000);
      session.stopResuming();
      await jest.advanceTimersByTimeAsync(10_000);
      await resumed;
      expect(session.currentSession()).toEqual({ kind: 'anonymous' });
    });
  });
});
