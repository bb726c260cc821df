import { expiresAfterSchema, FILE_PURPOSES, filePurposeSchema } from '@relay/contracts';
import { err, isStorable, ok, RelayError, type Result } from '@relay/core';
import type { UploadDetails } from '@relay/batches';

/** What the fields of an upload say of its file. */
export function readUploadFields(
  fields: ReadonlyMap<string, string>,
  filename: string,
): Result<UploadDetails, RelayError> {
  const purpose = filePurposeSchema.safeParse(fields.get('purpose'));
  if (!purpose.success) {
    const found = JSON.stringify(fields.get('purpose')?.slice(0, 64) ?? null);
    return invalid(`purpose: found ${found}; allowed: ${FILE_PURPOSES.join(', ')}.`, 'purpose');
  }
  if (!isStorable(filename))
    return invalid('file: the name of the file: expected well-formed text without NUL.', 'file');
  const [anchor, seconds] = [fields.get('expires_after[anchor]'), fields.get('expires_after[seconds]')];
  if (anchor === undefined && seconds === undefined) return ok({ filename, purpose: purpose.data, expiresAfter: null });
  const expiresAfter = expiresAfterSchema.safeParse({ anchor, seconds });
  if (!expiresAfter.success)
    return invalid('expires_after: allowed: anchor created_at, seconds from 3600 to 2592000.', 'expires_after');
  return ok({ filename, purpose: purpose.data, expiresAfter: expiresAfter.data });
}

const invalid = (message: string, param: string): Result<never, RelayError> =>
  err(new RelayError('invalid_request', message, { param }));
