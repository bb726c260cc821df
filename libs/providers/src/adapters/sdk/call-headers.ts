import { HEADERS } from '@relay/contracts';
import type { UpstreamRequest } from '../../ports/upstream-client.port';
import { isHeaderList, joinedList } from '../header-lists';

/** What a package wants to send, its signature among it, with what the relay sends to every provider. In undici's flat form. */
export function callHeaders(
  init: RequestInit | undefined,
  configured: Readonly<Record<string, string>>,
  { requestId, stream, traceContext }: Pick<UpstreamRequest, 'requestId' | 'stream' | 'traceContext'>,
): string[] {
  const headers = new Map<string, string>();
  new Headers(init?.headers).forEach((value, name) => {
    if (value !== '' && !name.startsWith('content-length')) headers.set(name, value);
  });
  if (!headers.has('accept')) headers.set('accept', stream ? 'text/event-stream' : 'application/json');
  headers.set('accept-encoding', 'identity'); // bytes are looked at as they pass
  headers.set('user-agent', 'llm-relay');
  for (const name in traceContext) headers.set(name, traceContext[name] ?? '');
  for (const [key, value] of Object.entries(configured)) {
    const name = key.toLowerCase();
    headers.set(name, isHeaderList(name) ? joinedList(headers.get(name) ?? '', value) : value);
  }
  headers.set(HEADERS.requestId, requestId);
  return [...headers].flat();
}
