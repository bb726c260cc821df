import { BOUNDARY, byBusboy, field, fieldsOf, file, formOf, type Piece, scanned } from '../../test/form-fixtures';
import { formFields } from './form-fields';
import { boundaryOf, scanForm } from './form-scanner';

function problemOf(body: Buffer | string): string | null {
  const parts = scanForm(Buffer.from(body as string), BOUNDARY);
  return 'problem' in parts ? parts.problem : null;
}

const byRelay = (body: Buffer): object[] =>
  scanned(body).map((part) => {
    const value = formFields(body, [part])[part.name];
    return { name: part.name, ...(typeof value === 'string' ? { value } : (value as object)) };
  });

describe('a form', () => {
  const sound = Buffer.from([0, 1, 2, 13, 10, 45, 45, 13, 10, 255]);

  it('is read as its fields, files as what is known of them, names that stand several times as lists', () => {
    const body = formOf([
      field('model', 'whisper-1'),
      file('file', 'speech.wav', sound),
      field('include[]', 'a'),
      field('include[]', 'b'),
      field('prompt', ''),
    ]);
    expect(fieldsOf(body)).toEqual({
      model: 'whisper-1',
      file: { filename: 'speech.wav', contentType: 'audio/wav', bytes: sound.length },
      'include[]': ['a', 'b'],
      prompt: '',
    });
  });

  it.each<[string, Piece[]]>([
    ['texts of several lines', [field('prompt', 'one\r\ntwo\r\n'), field('model', 'm')]],
    ['a content that nearly holds a delimiter', [file('file', 'a.wav', Buffer.from(`\r\n--${BOUNDARY.slice(0, -1)}`))]],
    ['other letters in names and texts', [field('prompt', 'Grüße 😀'), file('file', 'Gespräch 😀.wav', sound)]],
    ['a file of 200 KB', [file('file', 'a.wav', Buffer.alloc(200_000, 'x')), field('model', 'm')]],
    ['an empty field', [field('a', ''), field('b', '')]],
  ])('with %s is read as another parser reads it', async (_what, pieces) => {
    const body = formOf(pieces);
    expect(byRelay(body)).toEqual(await byBusboy(body));
  });

  it('may have something before its first delimiter and behind its last', () => {
    const body = Buffer.concat([Buffer.from('hello\r\n'), formOf([field('a', '1')]), Buffer.from('bye')]);
    expect(fieldsOf(body)).toEqual({ a: '1' });
  });

  it('is not fooled by what stands in quotes', () => {
    const head = 'content-disposition: form-data; filename="; name=\\"model\\".wav"; name="file"';
    expect(fieldsOf(formOf([{ head, content: 'x' }]))).toEqual({
      file: { filename: '; name="model".wav', contentType: '', bytes: 1 },
    });
  });

  it('keeps fields by names that objects have of their own', () => {
    const fields = fieldsOf(formOf([field('__proto__', 'x'), field('constructor', 'y')]));
    expect(Object.entries(fields)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it.each([
    ['without its boundary', 'nothing of the kind', 'boundary'],
    ['that ends in a part', `--${BOUNDARY}\r\ncontent-disposition: form-data; name="a"\r\n\r\nx`, 'in the middle'],
    ['that ends in a head', `--${BOUNDARY}\r\ncontent-disposition: form-data; na`, 'head'],
    ['with a part without a name', formOf([{ head: 'content-disposition: form-data', content: 'x' }]), 'no name'],
    [
      'with a part of another kind',
      formOf([{ head: 'content-disposition: attachment; name="a"', content: '' }]),
      'form-data',
    ],
    ['with a head that never ends', formOf([field('a'.repeat(10_000), 'x')]), 'too long'],
    ['with a name of 300 characters', formOf([field('a'.repeat(300), 'x')]), '256'],
    ['with a delimiter behind half a line break', formOf([field('a', `x\n--${BOUNDARY}\r\n`)]), 'torn'],
    ['with a delimiter behind the other half', formOf([field('a', `x\r--${BOUNDARY}\r\n`)]), 'torn'],
    ['with a part of two names', formOf([field('a"; name="model', 'x')]), 'named twice'],
    ['with a part of two names, one encoded', formOf([field(`a"; name*="utf-8''model`, 'x')]), 'named twice'],
    [
      'with a part of two dispositions',
      formOf([field('a"\r\ncontent-disposition: form-data; name="model', 'x')]),
      'once',
    ],
    [
      'with half a line break in a head',
      formOf([field('a"\ncontent-disposition: form-data; name="model', 'x')]),
      'half',
    ],
    [
      'with its boundary 2,000 times in a line',
      formOf([field('a', `--${BOUNDARY}`.repeat(2_000).replace('--', 'x--'))]),
      'torn',
    ],
    ['with 201 parts', formOf(Array.from({ length: 201 }, () => field('a', 'x'))), '200'],
  ])('%s is none', (_what, body, said) => {
    expect(problemOf(body)).toContain(said);
  });

  it('names its boundary in the content type', () => {
    expect(boundaryOf('multipart/form-data; boundary=abc')).toBe('abc');
    expect(boundaryOf('multipart/form-data; charset=utf-8; Boundary="a b:c"')).toBe('a b:c');
    for (const none of [
      'multipart/form-data',
      'multipart/form-data; boundary=',
      'multipart/form-data; boundary=a; boundary=b',
      'multipart/form-data; boundary=a; boundary*0=b',
      'x; boundary="a[b"',
      `x; boundary=${'b'.repeat(71)}`,
    ]) {
      expect(boundaryOf(none)).toBeNull();
    }
  });
});
