import { accessToken, currentUserId } from '../auth/session';
import { ApiError, unreachable } from './api-error';
import { answered, setReachable } from './reachability';

/**
 * `fetch` with the access token. A token about to expire is renewed first; where the session has ended, the request waits until
 * the same person has logged in again over the page, and is then sent once more: drafts and half-done actions survive. What one
 * person asked for is never sent in the name of another.
 */
export async function authorizedFetch(request: Request): Promise<Response> {
  const owner = currentUserId();
  if (owner === null) return send(request, null);
  const again = request.clone();
  const token = await accessToken(owner);
  if (token === null) throw sessionOver();
  const reply = await send(request, token);
  if (reply.status !== 401) return reply;
  const next = await accessToken(owner, token);
  return next === null ? reply : send(again, next);
}

async function send(request: Request, token: string | null): Promise<Response> {
  if (token !== null) request.headers.set('authorization', `Bearer ${token}`);
  try {
    const reply = await fetch(request);
    setReachable(answered(reply));
    return reply;
  } catch (error) {
    if (request.signal.aborted) throw error;
    setReachable(false);
    throw unreachable();
  }
}

const sessionOver = (): ApiError =>
  new ApiError(401, 'session_over', 'The session that asked for this is over: it was not done.');
