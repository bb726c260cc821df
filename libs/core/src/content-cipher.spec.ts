import { ContentCipher } from './content-cipher';

const SECRET = '0123456789abcdef0123456789abcdef';
const PLAIN = Buffer.from('what was said');

describe('a cipher of contents', () => {
  const cipher = new ContentCipher('here', SECRET);

  it('opens what it sealed, at its place only', () => {
    const sealed = cipher.seal(PLAIN, 'place');
    expect(sealed.includes(PLAIN)).toBe(false);
    expect(cipher.open(sealed, 'place')).toEqual(PLAIN);
    expect(cipher.open(sealed, 'another place')).toBeUndefined();
  });

  it('opens neither what was altered nor what is too short', () => {
    const sealed = cipher.seal(PLAIN, 'place');
    sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
    expect(cipher.open(sealed, 'place')).toBeUndefined();
    expect(cipher.open(Buffer.alloc(5), 'place')).toBeUndefined();
  });

  it('has another key for each purpose and each secret', () => {
    const sealed = cipher.seal(PLAIN, 'place');
    expect(new ContentCipher('there', SECRET).open(sealed, 'place')).toBeUndefined();
    expect(new ContentCipher('here', `other ${SECRET}`).open(sealed, 'place')).toBeUndefined();
  });

  it('opens with secrets of before', () => {
    const sealed = cipher.seal(PLAIN, 'place');
    expect(new ContentCipher('here', `new ${SECRET}`, [SECRET]).open(sealed, 'place')).toEqual(PLAIN);
  });

  it('follows secrets that change, and opens with those that are told beside', () => {
    let secrets = { sealing: SECRET, opening: [] as string[] };
    const following = new ContentCipher('here', () => secrets);
    const before = following.seal(PLAIN, 'place');
    secrets = { sealing: `new ${SECRET}`, opening: [SECRET] };
    const after = following.seal(PLAIN, 'place');
    expect(following.open(before, 'place')).toEqual(PLAIN);
    expect(cipher.open(after, 'place')).toBeUndefined();
    secrets = { sealing: `new ${SECRET}`, opening: [] };
    expect(following.open(before, 'place')).toBeUndefined();
  });

  it('tells equal texts of one place by a digest that nobody else can make', () => {
    expect(cipher.digest('text', 'acme')).toBe(cipher.digest('text', 'acme'));
    const others = [cipher.digest('text', 'globex'), cipher.digest('texts', 'acme')];
    others.push(new ContentCipher('here', `other ${SECRET}`).digest('text', 'acme'));
    expect(new Set([cipher.digest('text', 'acme'), ...others]).size).toBe(4);
  });
});
