import { ApiError, apiErrorOf, unreachable } from '../api/api-error';
import type { components } from '../api/generated/schema';
import { answered, setReachable } from '../api/reachability';

export type LoginReply = components['schemas']['LoginReply'];

const TOO_MANY = 429;

export const askForLogin = (email: string, password: string): Promise<LoginReply> =>
  post('/api/auth/login', { email, password }) as Promise<LoginReply>;

export const exchangeCookie = (): Promise<LoginReply> => post('/api/auth/refresh') as Promise<LoginReply>;

/** Whether the relay has heard of it. */
export const tellLogout = (): Promise<boolean> =>
  post('/api/auth/logout').then(
    () => true,
    () => false,
  );

/** The relay says that there is no session (any more). */
export const isRefusal = (error: unknown): boolean => error instanceof ApiError && error.status === 401;

/** Another try may go well. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ApiError && (error.unreachable || error.status === TOO_MANY || error.status >= 500);

async function post(path: string, body?: unknown): Promise<unknown> {
  const reply = await fetch(path, {
    method: 'POST',
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch(() => {
    setReachable(false);
    throw unreachable();
  });
  setReachable(answered(reply));
  const answer: unknown = await reply.json().catch(() => null);
  if (!reply.ok) throw apiErrorOf(reply, answer);
  return answer;
}
