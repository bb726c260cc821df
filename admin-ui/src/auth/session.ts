import { apiErrorOf, unreachable } from '../api/api-error';
import type { components } from '../api/generated/schema';

export type User = components['schemas']['User'];
type LoginReply = components['schemas']['LoginReply'];

/** Who uses the console. The access token stays in the memory of this module; the refresh token is a cookie that no script can read. */
export type Session =
  | { readonly kind: 'resuming' }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'active'; readonly user: User }
  | { readonly kind: 'ended'; readonly user: User }; // in mid-work: what is on the page waits for a new login

/** Says that a login was made in this browser, so that nobody else asks in vain for a session. Holds no secret. */
const HINT = 'relay-session';
/** A token is renewed so long before it expires, in ms. */
const RENEW_BEFORE_MS = 30_000;

let session: Session = { kind: hint() ? 'resuming' : 'anonymous' };
let token: { readonly value: string; readonly expiresAt: number } | null = null;
let renewal: Promise<string | null> | null = null;
const listeners = new Set<() => void>();

export const currentSession = (): Session => session;
export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export async function login(email: string, password: string): Promise<void> {
  begin(await post('/api/auth/login', { email, password }));
}

const farewells = new Set<() => Promise<unknown>>();

/** Done at a logout while the session still holds: what was borrowed in its name is given back. It must end by itself, and soon. */
export const beforeLogout = (work: () => Promise<unknown>): void => void farewells.add(work);

/** Takes up the session that a new password began; all others have ended. */
export const takeUpSession = (reply: LoginReply): void => void begin(reply);

/** Before the browser leaves for a login provider: what comes back has a cookie, and asks for its session. */
export const expectSession = (): void => setHint(true);

/** Ends the session here and at the relay. What was shown is dropped by whoever listens. */
export async function logout(): Promise<void> {
  if (session.kind === 'active') await Promise.allSettled([...farewells].map((work) => work()));
  token = null;
  setHint(false);
  set({ kind: 'anonymous' });
  await fetch('/api/auth/logout', { method: 'POST' }).catch(() => undefined);
}

/** Takes up the session of before, if the cookie still allows it. */
export async function resumeSession(): Promise<void> {
  if (session.kind !== 'resuming') return;
  await renewSession().catch(() => null);
}

/** A token that is good for a request, renewed if need be; null where nobody is logged in. */
export async function accessToken(): Promise<string | null> {
  if (token && Date.now() < token.expiresAt - RENEW_BEFORE_MS) return token.value;
  return session.kind === 'active' ? renewSession() : sessionRenewed();
}

/** One renewal at a time, over all tabs: the cookie can be used once. Null if the session has ended. */
export function renewSession(): Promise<string | null> {
  renewal ??= exclusively(exchangeCookie).finally(() => (renewal = null));
  return renewal;
}

/** Resolves with a token once somebody has logged in again, or with null once they left for good. */
export function sessionRenewed(): Promise<string | null> {
  return new Promise((resolve) => {
    const settle = (): void => {
      if (session.kind === 'ended' || session.kind === 'resuming') return;
      stop();
      resolve(token?.value ?? null);
    };
    const stop = onSession(settle);
    settle();
  });
}

async function exchangeCookie(): Promise<string | null> {
  try {
    return begin(await post('/api/auth/refresh'));
  } catch (error) {
    if (isRefusal(error)) end();
    else if (session.kind === 'resuming') set({ kind: 'anonymous' });
    if (isRefusal(error)) return null;
    throw error;
  }
}

function begin({ accessToken, expiresIn, user }: LoginReply): string {
  token = { value: accessToken, expiresAt: Date.now() + expiresIn * 1_000 };
  setHint(true);
  set({ kind: 'active', user });
  return accessToken;
}

function end(): void {
  token = null;
  if (session.kind === 'active') set({ kind: 'ended', user: session.user });
  else if (session.kind === 'resuming') {
    setHint(false);
    set({ kind: 'anonymous' });
  }
}

async function post(path: string, body?: unknown): Promise<LoginReply> {
  const reply = await fetch(path, {
    method: 'POST',
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch(() => {
    throw unreachable();
  });
  const answer: unknown = await reply.json().catch(() => null);
  if (!reply.ok) throw apiErrorOf(reply, answer);
  return answer as LoginReply;
}

const isRefusal = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'status' in error && error.status === 401;

const exclusively = <Value>(work: () => Promise<Value>): Promise<Value> =>
  'locks' in navigator ? navigator.locks.request('relay-session', work) : work();

function set(next: Session): void {
  session = next;
  for (const listener of [...listeners]) listener();
}

function hint(): boolean {
  try {
    return localStorage.getItem(HINT) !== null;
  } catch {
    return false; // storage is switched off: a reload asks for the password again
  }
}

function setHint(there: boolean): void {
  try {
    if (there) localStorage.setItem(HINT, '1');
    else localStorage.removeItem(HINT);
  } catch {
    // as above
  }
}
