/** How a relay signs what it sends on (RFC 9110, 7.6.3). */
const SIGNATURE = '1.1 llm-relay';
/** Relays that a request may have come through before this one; one that came through more goes in a circle. */
export const MAX_RELAYS_BEFORE = 3;

/** How many relays a request came through, by its `via`; counts no further than what is refused. */
export function relaysBefore(via: string | readonly string[] | undefined): number {
  if (via === undefined) return 0;
  const text = typeof via === 'string' ? via : via.join();
  return Math.min(text.split(SIGNATURE).length - 1, MAX_RELAYS_BEFORE + 1);
}

/** The header for so many relays; nothing else of a client's `via` is handed on. */
export const viaOf = (relays: number): string => Array<string>(relays).fill(SIGNATURE).join(', ');
