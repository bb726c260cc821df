import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { UploadForm } from './upload-form';

const BOUNDARY = 'xyz';
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;
const field = (name: string, value: string): string =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const file = (content: string, name = 'file', filename = 'in.jsonl'): string =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"; filename="${filename}"\r\ncontent-type: image/png\r\n\r\n${content}\r\n`;
const END = `--${BOUNDARY}--\r\n`;

/** A request whose body is pushed by the test. */
function requestOf(headers: Record<string, string>): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  return request;
}

/** The form of a body that has arrived as a whole. */
function formOf(body: string): UploadForm {
  const request = requestOf({ 'content-type': TYPE });
  const form = UploadForm.of(request);
  if (!form.ok) throw form.error;
  for (const piece of body.match(/[^]{1,7}/g) ?? []) request.push(piece); // cut anywhere
  request.complete = true;
  request.push(null);
  return form.value;
}

async function contentOf(form: UploadForm): Promise<string> {
  let content = '';
  for await (const chunk of form.content()) content += chunk.toString();
  return content;
}

describe('UploadForm', () => {
  it.each([
    ['before', field('purpose', 'batch') + file('a\nb') + END],
    ['after', file('a\nb') + field('purpose', 'batch') + END],
  ])('reads fields that stand %s the file', async (_where, body) => {
    const form = formOf(body);
    expect(await contentOf(form)).toBe('a\nb');
    expect(form.fields.get('purpose')).toBe('batch');
    expect(form.filename).toBe('in.jsonl');
  });

  it('takes a name for a name, not for a path', async () => {
    const form = formOf(file('x', 'file', '../../etc/passwd') + END);
    await contentOf(form);
    expect(form.filename).toBe('passwd');
  });

  it('reads the part "file" and leaves other files out', async () => {
    expect(await contentOf(formOf(file('mine') + file('not asked for', 'second') + END))).toBe('mine');
  });

  it.each([
    ['without a file', field('purpose', 'batch') + END],
    ['without an end', file('cut off').slice(0, -2)],
    ['that is no form', 'nonsense'],
  ])('refuses a body %s', async (_what, body) => {
    await expect(contentOf(formOf(body))).rejects.toMatchObject({ code: 'invalid_request', param: 'file' });
  });

  it.each([
    ['another type', { 'content-type': 'application/json' }],
    ['no boundary', { 'content-type': 'multipart/form-data' }],
    ['a compressed body', { 'content-type': TYPE, 'content-encoding': 'gzip' }],
    ['no type', {}],
  ])('refuses %s', (_what, headers) => {
    expect(UploadForm.of(requestOf(headers))).toMatchObject({ error: { code: 'unsupported_media_type' } });
  });

  it('ends when the client leaves in the middle', async () => {
    const request = requestOf({ 'content-type': TYPE });
    const form = UploadForm.of(request);
    if (!form.ok) throw form.error;
    request.push(file('the first half').slice(0, -2));
    const reading = contentOf(form.value);
    request.destroy();
    await once(request, 'close');
    await expect(reading).rejects.toMatchObject({ code: 'client_closed' });
  });
});
