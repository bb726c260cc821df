import type { FileObject, FilePurpose } from '@relay/contracts';

/** A row of `files`. */
export interface FileRow {
  readonly id: string;
  readonly filename: string;
  readonly purpose: FilePurpose;
  readonly bytes: string; // a bigint comes as text
  readonly created_at: Date;
  readonly expires_at: Date | null;
}

export const FILE_COLUMNS = 'id, filename, purpose, bytes, created_at, expires_at';

export const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1_000);

export function toFileObject({ id, filename, purpose, bytes, created_at, expires_at }: FileRow): FileObject {
  return {
    id,
    object: 'file',
    bytes: Number(bytes),
    created_at: secondsOf(created_at),
    expires_at: expires_at && secondsOf(expires_at),
    filename,
    purpose,
    status: 'processed',
  };
}
