import { eachMatch, type PiiDetector } from './pii-detector';

const V4 = /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|-[A-Za-z]|\.\d)/g;
const V6 = /(?<![\w:.])[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{1,44}/g;
const MAX_V6_CHARS = 45; // eight groups, the last two as IPv4
/** What says just before a quad that it is a version: `version 1.2.3.4`, `Chrome/120.0.0.0`, `pkg==1.2.3.4`, `^1.2.3.4`. */
const VERSION_BEFORE =
  /(?:\b(?:v|ver|version|release|build|rev|section|chapter)["']?\s?[.:=]?\s?["']?|[A-Za-z]\/|(?:==|[<>~^]=?)\s?)$/i;
const CONTEXT_CHARS = 16;
/** A quad of single digits that begins a line and is followed by a title is the number of a section. */
const SECTION_NUMBER = /^\d(?:\.\d){3}$/;

/** Addresses of machines that are somebody's: not loopback, not unspecified, not a mask, not a version. */
export const findIps: PiiDetector = (text, found) => {
  eachMatch(V4, text, (value, start) => {
    if (isV4(value) && !identifiesNobody(value) && !isVersion(text, start, value)) found(start, start + value.length);
  });
  eachMatch(V6, text, (value, start) => {
    const end = start + value.length;
    if (value.length > MAX_V6_CHARS || /[\w:]/.test(text.charAt(end))) return;
    const address = value.replace(/[.:]$/, (last) => (value.endsWith('::') ? last : ''));
    if (isV6(address)) found(start, start + address.length);
  });
};

function isV4(text: string): boolean {
  const octets = text.split('.');
  return octets.length === 4 && octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255);
}

const identifiesNobody = (quad: string): boolean => /^(?:127|255)\.|^0\.0\.0\.0$/.test(quad);

function isVersion(text: string, start: number, quad: string): boolean {
  const before = text.slice(Math.max(0, start - CONTEXT_CHARS), start);
  if (VERSION_BEFORE.test(before)) return true;
  const after = text.slice(start + quad.length, start + quad.length + 2);
  return SECTION_NUMBER.test(quad) && /(?:^|\n)$/.test(before) && /^ \p{Lu}/u.test(after);
}

/**
 * RFC 4291, 2.2. With `::` at least three groups, or a first group of four digits as all global and local prefixes have, and
 * one decimal digit, so that `std::fade` and `A::B` in programs are none.
 */
function isV6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const [head = '', tail] = halves;
  const groups = [...groupsOf(head), ...groupsOf(tail ?? '')];
  if (!groups.every((group, i) => /^[0-9A-Fa-f]{1,4}$/.test(group) || (i === groups.length - 1 && isV4(group))))
    return false;
  const size = groups.length + (groups.at(-1)?.includes('.') ? 1 : 0);
  if (tail === undefined) return size === 8;
  return size < 8 && /\d/.test(text) && (size >= 3 || /^[0-9A-Fa-f]{4}:/.test(text));
}

const groupsOf = (half: string): string[] => (half === '' ? [] : half.split(':'));
