import type { BodyPatch, JsonMember } from '@relay/protocols';
import type { UpstreamRequest } from '../ports/upstream-client.port';

/** What a kind of server does not take as OpenAI does; see `PROVIDER_KINDS`. */
export interface BodyQuirks {
  readonly streamOptions?: false;
  readonly oldTokenCap?: true;
}

type Mutable = { -readonly [Key in keyof BodyPatch]: BodyPatch[Key] };

/** Writes a patch on: what the server would refuse or overlook is left out, or said as it knows it. */
export function respectQuirks(
  patch: Mutable,
  { body, operation }: Pick<UpstreamRequest, 'body' | 'operation'>,
  { members, quirks }: { readonly members: readonly JsonMember[]; readonly quirks: BodyQuirks },
): void {
  if (operation !== 'chat') return;
  const written = (key: string): unknown => {
    if (key in patch) return patch[key];
    const member = members.findLast((each) => each.key === key);
    return member && JSON.parse(body.toString('utf8', member.valueStart, member.valueEnd));
  };
  if (quirks.streamOptions === false && written('stream_options') !== undefined) patch['stream_options'] = undefined;
  if (quirks.oldTokenCap !== true) return;
  const cap = written('max_completion_tokens');
  if (cap === undefined) return;
  patch['max_completion_tokens'] = undefined;
  patch['max_tokens'] = cap ?? written('max_tokens');
}
