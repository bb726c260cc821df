import { OPERATION_SHAPES, type Operation } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { isFormType } from '@relay/protocols';

/**
 * A form where JSON belongs, or the other way round; null where the body may be what the route takes. JSON that says something else of
 * itself, or nothing, is taken as ever: only forms have to be named, for their boundary.
 */
export function wrongContentType(operation: Operation, contentType: string): RelayError | null {
  const { body, path } = OPERATION_SHAPES[operation];
  const isForm = isFormType(contentType);
  if (isForm === (body === 'form')) return null;
  const allowed = body === 'form' ? 'multipart/form-data' : 'application/json';
  const message = `/v1/${path} does not take ${isForm ? 'a form' : 'this content type'}; allowed: ${allowed}.`;
  return new RelayError('unsupported_media_type', message, { param: 'content-type' });
}
