import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { err, ok, RelayError, type Result } from '@relay/core';

/** Of the form beside the file. */
const MAX_FIELDS = 16;
const MAX_FIELD_BYTES = 4_096;
const MAX_FILENAME = 255; // characters

interface FilePart {
  readonly filename: string;
  readonly stream: Readable;
}

/**
 * A multipart body with one file, read as it arrives: fields may stand before the file or after it. Only what the socket holds is in memory;
 * whoever takes the content slowly slows the client down.
 */
export class UploadForm {
  /** All of them once the content has been read to its end. */
  readonly fields = new Map<string, string>();
  filename = 'file';
  private readonly part = new Settleable<FilePart | null>();
  private readonly ended = new Settleable<void>();
  private stream: Readable | null = null;

  private constructor(
    private readonly request: IncomingMessage,
    private readonly busboy: BusboyInstance,
  ) {
    const fail = (error: Error): void => this.fail(error);
    busboy.on('file', (field, stream, filename) => {
      // What breaks off in the middle of a part is told by its stream, and would end the process if nobody listened.
      stream.on('error', fail);
      if (field !== 'file') return void stream.resume();
      this.stream = stream;
      this.part.resolve({ filename, stream });
    });
    busboy.on('field', (name, value) => void this.fields.set(name, value));
    busboy.on('error', (error) => fail(error as Error));
    busboy.once('finish', () => {
      this.part.resolve(null);
      this.ended.resolve();
    });
    request.once('close', () => {
      if (!request.complete) fail(new RelayError('client_closed', 'The client left during the upload.'));
    });
    request.pipe(busboy);
  }

  /** Error: `unsupported_media_type` for what is no form. */
  static of(request: IncomingMessage): Result<UploadForm, RelayError> {
    const type = request.headers['content-type'] ?? '';
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (!/^multipart\/form-data\b/i.test(type) || encoding !== 'identity') return err(noForm());
    try {
      const limits = { files: 1, fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES, parts: MAX_FIELDS + 1 };
      const headers = { ...request.headers, 'content-type': type };
      return ok(new UploadForm(request, new Busboy({ headers, limits })));
    } catch {
      return err(noForm()); // without a boundary
    }
  }

  /** The bytes of the part `file`. Throws `invalid_request` where there is none or the form breaks off, `client_closed` if the client left. */
  async *content(): AsyncGenerator<Buffer> {
    try {
      const part = await this.part.promise;
      if (part === null) throw new RelayError('invalid_request', 'The form has no part "file".', { param: 'file' });
      this.filename = part.filename?.slice(0, MAX_FILENAME) || this.filename;
      for await (const chunk of part.stream) yield chunk as Buffer;
      await this.ended.promise;
    } catch (error) {
      if (error instanceof RelayError) throw error;
      throw new RelayError('invalid_request', 'The body is not a whole multipart form.', {
        param: 'file',
        cause: error,
      });
    } finally {
      this.request.unpipe(this.busboy);
      this.request.resume(); // what nobody wants any more
    }
  }

  private fail(error: Error): void {
    this.stream?.destroy(error);
    this.part.reject(error);
    this.ended.reject(error);
  }
}

/** A promise that events settle; a rejection is told by whoever waits for it. */
class Settleable<T> {
  readonly promise: Promise<T>;
  resolve: (value: T) => void = () => undefined;
  reject: (error: Error) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => undefined);
  }
}

const noForm = (): RelayError =>
  new RelayError(
    'unsupported_media_type',
    'A file is uploaded as multipart/form-data with the parts "file" and "purpose", not compressed.',
    { param: 'content-type' },
  );
