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
  let copied = 0; // bytes of the text that are dealt with
  let kept = 0; // members that remain
  for (const [i, member] of members.entries()) {
    const { key, valueStart, valueEnd } = member;
    const value = patch[key];
    if (value === undefined && Object.hasOwn(patch, key)) {
      // With a member kept before, its comma goes too; else the comma behind.
      parts.push(text.subarray(copied, kept > 0 ? members[i - 1]?.valueEnd : member.keyStart));
      copied = kept > 0 ? valueEnd : (members[i + 1]?.keyStart ?? valueEnd);
      continue;
    }
    kept++;
    if (value === undefined || !Object.hasOwn(patch, key)) continue;
    const json = Buffer.from(JSON.stringify(value));
    if (text.subarray(valueStart, valueEnd).equals(json)) continue;
    parts.push(text.subarray(copied, valueStart), json);
    copied = valueEnd;
  }
  const added = additions(patch, members);
  if (parts.length === 0 && added === '') return text;
  const end = members.at(-1)?.valueEnd ?? text.indexOf('{') + 1;
  const separator = kept > 0 && added !== '' ? ',' : '';
  parts.push(text.subarray(copied, end), Buffer.from(separator + added), text.subarray(end));
  return Buffer.concat(parts);
}

function additions(patch: BodyPatch, members: readonly JsonMember[]): string {
  let added = '';
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === undefined || members.some((member) => member.key === key)) continue;
    added += `${added ? ',' : ''}${JSON.stringify(key)}:${JSON.stringify(value)}`;
  }
  return added;
}
