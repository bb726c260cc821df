import { accessToken, renewSession, sessionRenewed } from '../auth/session';
import { unreachable } from './api-error';
import { setReachable } from './reachability';

/**
 * `fetch` with the access token. A token about to expire is renewed first; where the session has ended, the request waits until
 * somebody has logged in again over the page, and is then sent once more: drafts and half-done actions survive.
 */
export async function authorizedFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const reply = await send(request, await accessToken());
  if (reply.status !== 401) return reply;
  const token = (await renewSession()) ?? (await sessionRenewed());
  return token === null ? reply : send(again, token);
}

async function send(request: Request, token: string | null): Promise<Response> {
  if (token !== null) request.headers.set('authorization', `Bearer ${token}`);
  try {
    const reply = await fetch(request);
    setReachable(true);
    return reply;
  } catch (error) {
    if (request.signal.aborted) throw error;
    setReachable(false);
    throw unreachable();
  }
}
