import type { Exchange } from '../exchange';

/** What plans go by, of the headers of a request. Its Cache-Control was the client's own wish, and its explanation is for the client. */
export function planHeaders(headers: Exchange['headers']): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('x-relay-') && name !== 'x-relay-explain' && typeof value === 'string') kept[name] = value;
  }
  return kept;
}
