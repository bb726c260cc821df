import { OPERATION_SHAPES } from '@relay/contracts';
import { err, ok, RelayError, type Result } from '@relay/core';
import { isJsonObject, type JsonMember, patchMembers, scanMembers } from '@relay/protocols';
import { type BodyQuirks, respectQuirks } from './body-quirks';
import { upstreamForm } from './upstream-form';
import type { UpstreamRequest } from '../ports/upstream-client.port';

/** The body for the upstream: the client's bytes with the model, the patch and, for a stream, the wish for usage in place. */
export function upstreamBody(request: UpstreamRequest, quirks: BodyQuirks = {}): Result<Buffer, RelayError> {
  if (OPERATION_SHAPES[request.operation].body === 'form') return upstreamForm(request);
  const members = scanMembers(request.body);
  if (members === null) return err(new RelayError('invalid_request', 'The request body is not a JSON object.'));
  const patch: Record<string, unknown> = {};
  for (const name in request.patch) patch[name] = request.patch[name];
  patch['model'] = request.model;
  if (asksForUsage(request)) patch['stream_options'] = withUsage(request, members);
  respectQuirks(patch, request, { members, quirks });
  return ok(patchMembers(request.body, members, patch));
}

/** Streams that tell usage only if they are asked to; others tell it by themselves, and know no such option. */
function asksForUsage({ operation, stream, clientWantsUsage }: UpstreamRequest): boolean {
  return stream && !clientWantsUsage && (operation === 'chat' || operation === 'completions');
}

/** The client's stream options, if any, and `include_usage`. */
function withUsage(request: UpstreamRequest, members: readonly JsonMember[]): Record<string, unknown> {
  const member = members.findLast((candidate) => candidate.key === 'stream_options');
  const written: unknown = member
    ? JSON.parse(request.body.toString('utf8', member.valueStart, member.valueEnd))
    : null;
  return isJsonObject(written) ? { ...written, include_usage: true } : { include_usage: true };
}
