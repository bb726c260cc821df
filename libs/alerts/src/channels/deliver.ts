import { type Clock, err, ok, type Result } from '@relay/core';
import type { Post } from './channel';

/** For the whole exchange, ms. */
export const DELIVERY_TIMEOUT_MS = 5_000;

export interface Refusal {
  readonly httpStatus: number | null;
  /** In words, without the URL, which may be a secret. */
  readonly reason: string;
}

/** Posts to a configured URL; the value is the status. Redirects are not followed, and what the answer says is not read. */
export async function deliver(url: string, { headers, body }: Post, clock: Clock): Promise<Result<number, Refusal>> {
  const abort = new AbortController();
  const cancel = clock.after(DELIVERY_TIMEOUT_MS, () => abort.abort());
  try {
    const reply = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: abort.signal });
    void reply.body?.cancel().catch(() => undefined);
    if (reply.ok) return ok(reply.status);
    const moved = reply.status >= 300 && reply.status < 400;
    const reason = moved ? `a redirect (${reply.status}), which is not followed` : `status ${reply.status}`;
    return err({ httpStatus: reply.status, reason });
  } catch (error) {
    const reason = abort.signal.aborted ? `no answer within ${DELIVERY_TIMEOUT_MS} ms` : causeOf(error);
    return err({ httpStatus: null, reason });
  } finally {
    cancel();
  }
}

/** The code of what went wrong below `fetch`; its messages may name the URL. */
function causeOf(error: unknown): string {
  const cause = (error as { readonly cause?: { readonly code?: unknown } }).cause;
  return typeof cause?.code === 'string' ? `cannot be reached (${cause.code})` : 'cannot be reached';
}
