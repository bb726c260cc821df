import { err, ok, RelayError, type Result } from '@relay/core';
import { boundaryOf, patchForm, scanForm } from '@relay/protocols';
import type { UpstreamRequest } from '../ports/upstream-client.port';

/** The form for the upstream: the client's bytes with the model and the patch in place; its boundary, and so its content type, stays. */
export function upstreamForm({ body, contentType, patch, model }: UpstreamRequest): Result<Buffer, RelayError> {
  const boundary = boundaryOf(contentType);
  const parts = boundary === null ? null : scanForm(body, boundary);
  if (boundary === null || parts === null || 'problem' in parts) {
    return err(new RelayError('invalid_request', 'The request body is not a form.'));
  }
  return ok(patchForm(body, boundary, parts, { ...patch, model }));
}
