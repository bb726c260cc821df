import { Inject, Injectable } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import type { ExpiresAfter, FileListQuery, FileObject, FilePurpose } from '@relay/contracts';
import { CLOCK, err, ok, RelayError, type Clock, type Result } from '@relay/core';
import { newFileId } from '../domain/ids';
import { chunked } from './chunked';
import { FileStore } from './file-store';

/** What an upload says of its file. */
export interface UploadDetails {
  readonly filename: string;
  readonly purpose: FilePurpose;
  readonly expiresAfter: ExpiresAfter | null;
}

/** Uploads of one tenant at a time in this process. */
export const MAX_UPLOADS = 32;
const RETRY_AFTER_SECONDS = 5;
/** After so many chunks an upload looks again how much room its tenant has: others take of it meanwhile. */
const CHUNKS_PER_LOOK = 8;

export interface Page<T> {
  readonly data: readonly T[];
  readonly hasMore: boolean;
}

/** Files of tenants, as OpenAI's `/v1/files` has them. */
@Injectable()
export class FilesService {
  private readonly uploads = new Map<string, number>(); // under way, by tenant

  constructor(
    private readonly store: FileStore,
    private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Stores what comes, as it comes; what it is may be known only after that. A file that does not become whole leaves nothing. Errors:
   * `body_too_large`, `overloaded` for too many at a time, those of `details`; what `content` rejects with is passed on.
   */
  async upload(
    tenantId: string,
    content: AsyncIterable<Buffer>,
    details: () => Result<UploadDetails, RelayError>,
  ): Promise<Result<FileObject, RelayError>> {
    const others = this.uploads.get(tenantId) ?? 0;
    if (others >= MAX_UPLOADS) return err(tooManyUploads());
    this.uploads.set(tenantId, others + 1);
    try {
      return await this.take(tenantId, content, details);
    } finally {
      const left = (this.uploads.get(tenantId) ?? 0) - 1;
      if (left > 0) this.uploads.set(tenantId, left);
      else this.uploads.delete(tenantId);
    }
  }

  private async take(
    tenantId: string,
    content: AsyncIterable<Buffer>,
    details: () => Result<UploadDetails, RelayError>,
  ): Promise<Result<FileObject, RelayError>> {
    const createdAt = this.clock.now();
    const id = newFileId(createdAt);
    await this.store.begin(id, tenantId, createdAt);
    let isWhole = false;
    try {
      const kept = await this.keep(id, tenantId, content);
      const said = kept.ok ? details() : kept;
      const finished = said.ok ? await this.finish(id, tenantId, createdAt, said.value) : said;
      isWhole = finished.ok;
      return finished;
    } finally {
      if (!isWhole) await this.store.remove(id, tenantId);
    }
  }

  async find(id: string, tenantId: string): Promise<Result<FileObject, RelayError>> {
    const file = await this.store.find(id, tenantId);
    return file ? ok(file) : err(noSuchFile(id));
  }

  async list(tenantId: string, query: FileListQuery): Promise<Page<FileObject>> {
    return pageOf(await this.store.list(tenantId, query), query.limit);
  }

  /** The bytes of one that `find` has found. */
  content({ id }: FileObject): AsyncGenerator<Buffer> {
    return this.store.read(id);
  }

  async remove(id: string, tenantId: string): Promise<Result<void, RelayError>> {
    return (await this.store.remove(id, tenantId)) ? ok(undefined) : err(noSuchFile(id));
  }

  private async keep(id: string, tenantId: string, content: AsyncIterable<Buffer>): Promise<Result<void, RelayError>> {
    const { maxBytes, maxBytesPerTenant } = this.config.current.files;
    let [index, bytes, room] = [0, 0, 0];
    for await (const chunk of chunked(content)) {
      // Its own bytes are among the total by then.
      if (index % CHUNKS_PER_LOOK === 0) room = maxBytesPerTenant - (await this.store.totalBytes(tenantId)) + bytes;
      bytes += chunk.length;
      if (bytes > maxBytes) return err(fileTooLarge(maxBytes));
      if (bytes > room) return err(tenantFull(maxBytesPerTenant));
      await this.store.append(id, index++, chunk);
    }
    return ok(undefined);
  }

  private async finish(
    id: string,
    tenantId: string,
    createdAt: number,
    { filename, purpose, expiresAfter }: UploadDetails,
  ): Promise<Result<FileObject, RelayError>> {
    const { maxBytesPerTenant } = this.config.current.files;
    const expiresAt = expiresAfter && createdAt + expiresAfter.seconds * 1_000;
    const isFinished = await this.store.finish({ id, tenantId, filename, purpose, expiresAt }, maxBytesPerTenant);
    return isFinished ? this.find(id, tenantId) : err(tenantFull(maxBytesPerTenant));
  }
}

/** Cuts off the one more that was asked of the store. */
export function pageOf<T>(rows: readonly T[], limit: number): Page<T> {
  return { data: rows.slice(0, limit), hasMore: rows.length > limit };
}

export const noSuchFile = (id: string): RelayError =>
  new RelayError('not_found', `There is no file "${id.slice(0, 64)}".`, { param: 'file_id' });

const tooManyUploads = (): RelayError =>
  new RelayError('overloaded', `The tenant has ${MAX_UPLOADS} uploads under way.`, {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });

const fileTooLarge = (maxBytes: number): RelayError =>
  new RelayError('body_too_large', `The file is larger than ${maxBytes} bytes.`, { param: 'file' });

const tenantFull = (maxBytes: number): RelayError =>
  new RelayError('body_too_large', `The files of the tenant would be larger than ${maxBytes} bytes; delete some.`, {
    param: 'file',
  });
