import { Busboy } from '@fastify/busboy';
import { formFields } from '../src/form/form-fields';
import { scanForm, type FormPart } from '../src/form/form-scanner';

/** Of a field with a name that no patch changes. */
export const HEAD = 'content-disposition: form-data; name="a"';
export const BOUNDARY = '----relay-b0undary';

export interface Piece {
  readonly head: string;
  readonly content: string | Buffer;
}

export const field = (name: string, content: string): Piece => ({
  head: `Content-Disposition: form-data; name="${name}"`,
  content,
});
export const file = (name: string, filename: string, content: Buffer, type = 'audio/wav'): Piece => ({
  head: `content-disposition: form-data; name="${name}"; filename="${filename}"\r\nContent-Type: ${type}`,
  content,
});

export function formOf(pieces: readonly Piece[], boundary = BOUNDARY): Buffer {
  const parts = pieces.map(({ head, content }) =>
    Buffer.concat([
      Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`),
      Buffer.from(content as string),
      Buffer.from('\r\n'),
    ]),
  );
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
}

export function scanned(body: Buffer, boundary = BOUNDARY): FormPart[] {
  const parts = scanForm(body, boundary);
  if ('problem' in parts) throw new Error(parts.problem);
  return parts;
}

export const fieldsOf = (body: Buffer): object => formFields(body, scanned(body));

/** What another parser makes of it. */
export function byBusboy(body: Buffer): Promise<object[]> {
  return new Promise((resolve, reject) => {
    const seen: object[] = [];
    const parser = new Busboy({ headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` } });
    parser.on('field', (name, value) => seen.push({ name, value }));
    parser.on('file', (name, stream, filename, _encoding, contentType) => {
      const entry = { name, filename, contentType, bytes: 0 };
      seen.push(entry);
      stream.on('data', (chunk: Buffer) => (entry.bytes += chunk.length));
    });
    parser.on('finish', () => resolve(seen)).on('error', reject);
    parser.end(body);
  });
}
