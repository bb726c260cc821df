import { type Operation, relaysBefore, viaOf } from '@relay/contracts';
import { protocolOf } from '@relay/protocols';
import type { Exchange } from '../exchange';

/**
 * Headers of the client that change what is asked, with their values as sorted lists; null where there are none. They go to a provider
 * that speaks the same protocol, and nothing else of the client's does; answers to different ones are kept apart.
 */
export function meaningfulHeaders(
  operation: Operation,
  headers: Exchange['headers'],
): Readonly<Record<string, string>> | null {
  const names = protocolOf(operation)?.meaningfulHeaders ?? [];
  let found: Record<string, string> | null = null;
  for (const name of names) {
    const value = sortedList(headers[name]);
    if (value !== '') (found ??= {})[name] = value;
  }
  return found;
}

/**
 * The headers that tell requests apart which are equal otherwise: these, and through how many relays they came. One that comes back here in a
 * circle must not wait for the answer to itself.
 */
export function tellingHeaders(
  operation: Operation,
  headers: Exchange['headers'],
): Readonly<Record<string, string>> | null {
  const meaningful = meaningfulHeaders(operation, headers);
  const relays = relaysBefore(headers.via);
  return relays === 0 ? meaningful : { ...meaningful, via: viaOf(relays) };
}

/** A header that was sent twice means what it means as a list. */
function sortedList(value: string | string[] | undefined): string {
  const items = (Array.isArray(value) ? value.join() : (value ?? '')).split(',').map((item) => item.trim());
  return [...new Set(items)].filter(Boolean).sort().join(',');
}
