import { isIPv6 } from 'node:net';

const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
const NETWORK_GROUPS = 4; // of 16 bits: the /64 that one subscriber is given whole (RFC 6177), so its 2^64 addresses are one

/** What counts as one place to call from: an IPv4 address, or the /64 network of an IPv6 address. */
export function networkOf(address: string): string {
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const bare = address.split('%', 1)[0] ?? '';
  return isIPv6(bare) ? `${expanded(bare).slice(0, NETWORK_GROUPS).join(':')}::/64` : address;
}

/** The groups of an IPv6 address up to the ones that matter, with those that `::` stands for. */
function expanded(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const [before, after] = [groups(head), groups(tail ?? '')];
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array<string>(missing).fill('0'), ...after].map((group) => group.replace(/^0+(?=.)/, ''));
}

const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
