import { parseRequest } from './parse-request';

const TYPE = 'multipart/form-data; boundary=b';
const WAV = 'RIFF....WAVEfmt ';
const part = (disposition: string, content: string, type = ''): string =>
  `--b\r\ncontent-disposition: form-data; ${disposition}\r\n${type && `content-type: ${type}\r\n`}\r\n${content}\r\n`;
const field = (name: string, content: string): string => part(`name="${name}"`, content);
const file = (content = WAV, filename = 'a.wav', type = ''): string =>
  part(`name="file"; filename="${filename}"`, content, type);
const form = (...parts: string[]): Buffer => Buffer.from(`${parts.join('')}--b--\r\n`, 'latin1');

function refusal(body: Buffer, contentType = TYPE): { code: string; param: string | null; message: string } {
  const parsed = parseRequest('audio.transcriptions', body, contentType);
  if (parsed.ok) throw new Error('the body was accepted');
  const { code, param, message } = parsed.error;
  return { code, param, message };
}

describe('the form of a transcription', () => {
  it('is taken as its fields, unknown ones included, and what is known of its file', () => {
    const body = form(field('model', 'm'), file(), field('stream', 'true'), field('chunking', 'auto'));
    expect(parseRequest('audio.transcriptions', body, TYPE)).toEqual({
      ok: true,
      value: {
        asked: {
          model: 'm',
          file: { filename: 'a.wav', contentType: '', bytes: WAV.length },
          stream: 'true',
          chunking: 'auto',
        },
        request: { model: 'm', messages: [{ role: 'user', content: '' }], stream: true },
      },
    });
  });

  it.each([
    ['no file', form(field('model', 'm')), 'file', 'file: expected a file'],
    ['a text for a file', form(field('model', 'm'), field('file', 'x')), 'file', 'file: expected a file'],
    ['an empty file', form(field('model', 'm'), file('')), 'file', 'file: the file is empty'],
    [
      'two models',
      form(field('model', 'a'), field('model', 'b'), file()),
      'model',
      'model: the form has it 2 times; allowed: once',
    ],
    ['two files', form(field('model', 'm'), file(), file()), 'file', 'file: the form has it 2 times'],
    ['no model', form(file()), 'model', 'model: '],
    ['a file that lies by its name', form(field('model', 'm'), file('ID3', 'a.wav')), 'file', 'said to be WAV, but'],
    [
      'a file that lies by its type',
      form(field('model', 'm'), file('ID3', 'a', 'audio/wav')),
      'file',
      'said to be WAV, but',
    ],
    ['a field that is no text', form(field('model', '\xff'), file()), 'model', 'not valid UTF-8'],
    ['a field of more than 1 MB', form(field('prompt', 'x'.repeat(1_048_577)), file()), 'prompt', '1048576'],
  ])('with %s is refused, and told where', (_what, body, param, said) => {
    const told = refusal(body);
    expect([told.code, told.param]).toEqual(['invalid_request', param]);
    expect(told.message).toContain(said);
  });

  it.each([
    ['empty', Buffer.alloc(0), TYPE, 'The body is empty; expected a form with "file" and "model".'],
    ['torn', form(file()).subarray(0, -10), TYPE, 'not a sound form: it ends in the middle of a part'],
    ['without a boundary in its type', form(file()), 'multipart/form-data', 'names no boundary'],
    ['of another boundary', form(file()), 'multipart/form-data; boundary=c', 'does not hold the boundary'],
  ])('that is %s is refused, and its content not repeated', (_what, body, type, said) => {
    const { code, message } = refusal(body, type);
    expect(code).toBe('invalid_request');
    expect(message).toContain(said);
    expect(message).not.toContain('RIFF');
  });

  it('is not JSON, and JSON is no form', () => {
    expect(refusal(Buffer.from('{}'), 'application/json')).toMatchObject({
      code: 'unsupported_media_type',
      message: '/v1/audio/transcriptions does not take this content type; allowed: multipart/form-data.',
    });
    const chat = parseRequest('chat', form(field('model', 'm')), TYPE);
    expect(!chat.ok && chat.error.message).toBe(
      '/v1/chat/completions does not take a form; allowed: application/json.',
    );
  });
});
