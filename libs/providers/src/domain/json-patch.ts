import { type JsonMember, scanMembers } from './json-scanner';

/** Top-level keys and their new values; `undefined` removes a key. */
export interface BodyPatch {
  readonly [topLevelKey: string]: unknown;
}

/**
 * The text with some top-level members replaced, added or removed; every other byte stays as the client wrote it, so unknown
 * parameters, number formats and the order of keys reach the upstream untouched. A key that is written twice is changed in
 * both places. Gives the same buffer back if there is nothing to change, null if the text is no JSON object.
 */
export function patchJson(text: Buffer, patch: BodyPatch): Buffer | null {
  const members = scanMembers(text);
  return members && patchMembers(text, members, patch);
}

/** As `patchJson`, when the members are known already. */
export function patchMembers(text: Buffer, members: readonly JsonMember[], patch: BodyPatch): Buffer {
  const parts: Buffer[] = [];
  const found = new Set<string>();
  let copied = 0; // bytes of the text that are in `parts`
  let kept = 0; // members that remain
  for (const [i, member] of members.entries()) {
    if (!Object.hasOwn(patch, member.key)) {
      kept++;
      continue;
    }
    found.add(member.key);
    const value = patch[member.key];
    if (value === undefined) {
      // Take the comma that follows, too; the last comma, which may then dangle, is dropped below.
      parts.push(text.subarray(copied, member.keyStart));
      copied = members[i + 1]?.keyStart ?? member.valueEnd;
      continue;
    }
    kept++;
    const json = Buffer.from(JSON.stringify(value));
    if (text.subarray(member.valueStart, member.valueEnd).equals(json)) continue;
    parts.push(text.subarray(copied, member.valueStart), json);
    copied = member.valueEnd;
  }
  return finish(text, members, parts, copied, kept, additions(patch, found));
}

function additions(patch: BodyPatch, found: ReadonlySet<string>): string {
  let added = '';
  for (const [key, value] of Object.entries(patch)) {
    if (value !== undefined && !found.has(key))
      added += `${added ? ',' : ''}${JSON.stringify(key)}:${JSON.stringify(value)}`;
  }
  return added;
}

function finish(
  text: Buffer,
  members: readonly JsonMember[],
  parts: Buffer[],
  copied: number,
  kept: number,
  added: string,
): Buffer {
  if (parts.length === 0 && added === '') return text;
  const end = members.at(-1)?.valueEnd ?? text.indexOf('{') + 1;
  parts.push(text.subarray(copied, end));
  let head: Buffer = Buffer.concat(parts);
  if (kept > 0 && copied === end) head = dropDanglingComma(head);
  const separator = kept > 0 && added !== '' ? ',' : '';
  return Buffer.concat([head, Buffer.from(separator + added), text.subarray(end)]);
}

/** After the last members were removed the text may end in a comma and white space. */
function dropDanglingComma(head: Buffer): Buffer {
  let end = head.length;
  while (end > 0 && isSpace(head[end - 1])) end--;
  return head[end - 1] === 0x2c ? head.subarray(0, end - 1) : head;
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
