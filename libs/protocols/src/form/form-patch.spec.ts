import fc from 'fast-check';
import { BOUNDARY, byBusboy, field, fieldsOf, file, formOf, HEAD, scanned } from '../../test/form-fixtures';
import { formFields } from './form-fields';
import { patchForm, writeForm } from './form-patch';
import { scanForm } from './form-scanner';

describe('a form that is changed', () => {
  const sound = Buffer.from([0, 13, 10, 45, 45, 255]);
  const body = formOf([field('model', 'auto'), file('file', 'a.wav', sound), field('language', 'en')]);
  const patched = (patch: object): Buffer => patchForm(body, BOUNDARY, scanned(body), patch as Record<string, unknown>);

  it('is the very same buffer where nothing changes', () => {
    expect(patched({ model: 'auto', absent: undefined })).toBe(body);
  });

  it('keeps every byte but those of the field', () => {
    expect(patched({ model: 'whisper-1' }).toString('latin1')).toBe(
      body.toString('latin1').replace('\r\n\r\nauto', '\r\n\r\nwhisper-1'),
    );
  });

  it('gains and loses fields, and stays a form', () => {
    const all = {
      model: 'auto',
      file: { filename: 'a.wav', contentType: 'audio/wav', bytes: sound.length },
      language: 'en',
    };
    const { model: _model, ...unnamed } = all;
    const { language: _language, ...rest } = all;
    expect(fieldsOf(patched({ n: 2 }))).toEqual({ ...all, n: '2' });
    expect(fieldsOf(patched({ model: undefined }))).toEqual(unnamed);
    expect(fieldsOf(patched({ language: undefined, user: 'x' }))).toEqual({ ...rest, user: 'x' });
  });

  it('leaves a file alone that has the name of a field', () => {
    expect(patched({ file: 'x' })).toBe(body);
  });

  it('is written anew as guards left it, with the bytes of its files', async () => {
    const judged = {
      ...fieldsOf(body),
      language: '[EMAIL_1]',
      file: { filename: 'of "x".wav', contentType: 'audio/wav', bytes: 6 },
    };
    const written = writeForm(body, BOUNDARY, scanned(body), judged);
    expect(fieldsOf(written)).toEqual(judged);
    const part = scanned(written).find(({ name }) => name === 'file');
    expect(written.subarray(part?.contentStart, part?.contentEnd).equals(sound)).toBe(true);
    expect(await byBusboy(written)).toHaveLength(3);
  });

  it('stays a form with all that it holds, whatever it was made of', () => {
    const token = fc.constantFrom(
      '--b',
      '\r\n',
      '\r\n--b\r\n',
      '--',
      HEAD,
      `${HEAD}; filename="x"`,
      '\r\n\r\n',
      'x',
      ' ',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 40 }), (tokens) => {
        const odd = Buffer.from(`--b\r\n${HEAD}\r\n\r\n${tokens.join('')}\r\n--b--`);
        const parts = scanForm(odd, 'b');
        if ('problem' in parts) return;
        const changed = patchForm(odd, 'b', parts, { model: 'z' });
        const again = scanned(changed, 'b');
        expect(formFields(changed, again)).toEqual({ ...formFields(odd, parts), model: 'z' });
        const written = writeForm(odd, 'b', parts, formFields(odd, parts));
        expect(formFields(written, scanned(written, 'b'))).toEqual(formFields(odd, parts));
      }),
      { numRuns: 2_000 },
    );
  });
});
