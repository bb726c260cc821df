import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { FileListQuery, FileObject, FilePurpose } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { DataSource } from 'typeorm';
import { isFileId } from '../domain/ids';
import { Seal } from '../seal';
import { FILE_COLUMNS, toFileObject, type FileRow } from './file-rows';

/** An upload that has not ended after so long never will. */
const UPLOAD_MAX_AGE_MS = 86_400_000;
/** Files that one round of maintenance removes, of either kind. */
const MAX_REMOVED = 1_000;
const WHOLE = `status = 'processed'`;
const VISIBLE = `${WHOLE} AND (expires_at IS NULL OR expires_at > $2::timestamptz)`;

export interface FileDetails {
  readonly id: string;
  readonly tenantId: string;
  readonly filename: string;
  readonly purpose: FilePurpose;
  readonly expiresAt: number | null; // ms since the epoch
}

/** The file was removed while somebody read it: what was read is not all of it. */
export class FileGone extends Error {
  constructor(id: string) {
    super(`the file ${id} is not there any more`);
  }
}

/** The tables `files` and `file_chunks`. A file is seen once it is whole, by its tenant only. */
@Injectable()
export class FileStore {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly seal: Seal,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Of no effect where the file is there already, whole or not. */
  async begin(id: string, tenantId: string, createdAt: number): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO files (id, tenant_id, filename, purpose, status, created_at)
       VALUES ($1, $2, '', '', 'uploading', $3::timestamptz) ON CONFLICT (id) DO NOTHING`,
      [id, tenantId, new Date(createdAt)],
    );
  }

  /** The chunk with this index, counted from 0; one that is there already stays as it is. */
  async append(id: string, index: number, content: Buffer): Promise<void> {
    await this.dataSource.query(
      `WITH added AS (
         INSERT INTO file_chunks (file_id, index, content) VALUES ($1, $2::int, $3) ON CONFLICT DO NOTHING RETURNING 1
       )
       UPDATE files SET bytes = bytes + $4::bigint WHERE id = $1 AND EXISTS (SELECT 1 FROM added)`,
      [id, index, this.seal.close(content, placeOf(id, index)), content.length],
    );
  }

  /** Shows the file, if all files of its tenant are no larger than `maxTotalBytes` with it; else false. */
  async finish({ id, tenantId, filename, purpose, expiresAt }: FileDetails, maxTotalBytes: number): Promise<boolean> {
    const [, changed]: [unknown, number] = await this.dataSource.query(
      `UPDATE files SET status = 'processed', filename = $3, purpose = $4, expires_at = $5::timestamptz
       WHERE id = $1 AND tenant_id = $2
         AND (SELECT coalesce(sum(bytes), 0) FROM files WHERE tenant_id = $2) <= $6::bigint`,
      [id, tenantId, filename, purpose, expiresAt === null ? null : new Date(expiresAt), maxTotalBytes],
    );
    return changed > 0;
  }

  /** Bytes of all files of a tenant, those on their way included. */
  async totalBytes(tenantId: string): Promise<number> {
    const [row]: { total: string }[] = await this.dataSource.query(
      'SELECT coalesce(sum(bytes), 0) AS total FROM files WHERE tenant_id = $1',
      [tenantId],
    );
    return Number(row?.total ?? 0);
  }

  async find(id: string, tenantId: string): Promise<FileObject | null> {
    if (!isFileId(id)) return null;
    const rows: FileRow[] = await this.dataSource.query(
      `SELECT ${FILE_COLUMNS} FROM files WHERE tenant_id = $1 AND ${VISIBLE} AND id = $3`,
      [tenantId, new Date(this.clock.now()), id],
    );
    return rows[0] ? toFileObject(rows[0]) : null;
  }

  /** One more than asked for tells that there are more. */
  async list(tenantId: string, { after, limit, order, purpose }: FileListQuery): Promise<FileObject[]> {
    const beyond = order === 'asc' ? '>' : '<';
    const rows: FileRow[] = await this.dataSource.query(
      `SELECT ${FILE_COLUMNS} FROM files WHERE tenant_id = $1 AND ${VISIBLE}
         AND ($3::text IS NULL OR id ${beyond} $3) AND ($4::text IS NULL OR purpose = $4)
       ORDER BY id ${order === 'asc' ? 'ASC' : 'DESC'} LIMIT $5::int`,
      [tenantId, new Date(this.clock.now()), after ?? null, purpose ?? null, limit + 1],
    );
    return rows.map(toFileObject);
  }

  /** The content in order, a chunk at a time. Whoever asks has made sure whose file it is. Throws `FileGone` when it is removed meanwhile. */
  async *read(id: string): AsyncGenerator<Buffer> {
    const [file]: { bytes: string }[] = await this.dataSource.query('SELECT bytes FROM files WHERE id = $1', [id]);
    if (!file) throw new FileGone(id);
    let left = Number(file.bytes);
    for (let index = 0; left > 0; index++) {
      const rows: { content: Uint8Array }[] = await this.dataSource.query(
        'SELECT content FROM file_chunks WHERE file_id = $1 AND index = $2::int',
        [id, index],
      );
      if (!rows[0]) throw new FileGone(id);
      const chunk = this.seal.open(rows[0].content, placeOf(id, index));
      left -= chunk.length;
      yield chunk;
    }
  }

  /** True if there was one. */
  async remove(id: string, tenantId: string): Promise<boolean> {
    if (!isFileId(id)) return false;
    const [, removed]: [unknown, number] = await this.dataSource.query(
      'DELETE FROM files WHERE id = $1 AND tenant_id = $2',
      [id, tenantId],
    );
    return removed > 0;
  }

  /** Removes what is past its time, and uploads that were given up. Gives how many. */
  async removeExpired(): Promise<number> {
    const now = this.clock.now();
    const [, removed]: [unknown, number] = await this.dataSource.query(
      `DELETE FROM files WHERE id IN (
         (SELECT id FROM files WHERE expires_at <= $1::timestamptz LIMIT ${MAX_REMOVED})
         UNION ALL
         (SELECT id FROM files WHERE NOT ${WHOLE} AND created_at < $2::timestamptz LIMIT ${MAX_REMOVED}))`,
      [new Date(now), new Date(now - UPLOAD_MAX_AGE_MS)],
    );
    return removed;
  }
}

const placeOf = (id: string, index: number): string => `file_chunks/${id}/${index}`;
