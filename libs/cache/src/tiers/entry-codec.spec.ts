import { randomBytes } from 'node:crypto';
import { cachedAnswer } from '../../test/cached-answer.builder';
import type { CachedAnswer } from '../domain/cached-answer';
import { cipherWith } from '../../test/cipher-with';
import { EntryCodec } from './entry-codec';

const KEY = 'a'.repeat(64);
const MAX_BYTES = 1_000_000;
const small = Buffer.from('{"content":"ü😀"}');
const long = Buffer.from(JSON.stringify({ content: 'The relay passes things on. '.repeat(1_000) }));

const answer = (body: Buffer): CachedAnswer => cachedAnswer({ body, epoch: 7, labels: ['tenant:acme', 'tag:ü'] });

const plain = new EntryCodec(null);
const sealed = new EntryCodec(cipherWith('0123456789abcdef0123456789abcdef'));
const otherSecret = new EntryCodec(cipherWith('another secret of at least 32 ch.'));

describe.each([
  ['plain', plain],
  ['encrypted', sealed],
])('a stored answer, %s', (_name, codec) => {
  it.each([
    ['small', small],
    ['empty', Buffer.alloc(0)],
    ['long', long],
    ['incompressible', randomBytes(5_000)],
  ])('comes back as it was: %s', async (_kind, body) => {
    expect(await codec.decode(KEY, await codec.encode(KEY, answer(body)), MAX_BYTES)).toEqual(answer(body));
  });

  it('is a miss at another key', async () => {
    expect(await codec.decode('b'.repeat(64), await codec.encode(KEY, answer(small)), MAX_BYTES)).toBeUndefined();
  });

  it('is a miss when an older or newer schema wrote it', async () => {
    const value = await codec.encode(KEY, answer(small));
    for (const version of [0, 1, 3, 255]) {
      const other = Buffer.from(value);
      other[1] = version;
      expect(await codec.decode(KEY, other, MAX_BYTES)).toBeUndefined();
    }
  });

  it('is compressed when that pays', async () => {
    expect((await codec.encode(KEY, answer(long))).length).toBeLessThan(long.length / 5);
  });

  it('is a miss when any byte was altered or bytes are missing', async () => {
    const value = await codec.encode(KEY, answer(small));
    for (let i = 0; i < value.length; i++) {
      const altered = Buffer.from(value);
      altered[i] = (altered[i] ?? 0) ^ 1;
      expect(await codec.decode(KEY, altered, MAX_BYTES)).toBeUndefined();
      expect(await codec.decode(KEY, value.subarray(0, i), MAX_BYTES)).toBeUndefined();
    }
  });

  it('is a miss when it is larger than allowed, compressed or not', async () => {
    expect(await codec.decode(KEY, await codec.encode(KEY, answer(small)), small.length - 1)).toBeUndefined();
    expect(await codec.decode(KEY, await codec.encode(KEY, answer(long)), long.length - 1)).toBeUndefined();
    expect(await codec.decode(KEY, await codec.encode(KEY, answer(long)), 1_000)).toBeUndefined();
  });

  it('is a miss when it is garbage', async () => {
    for (const size of [0, 1, 3, 10, 100, 10_000]) {
      const garbage = randomBytes(size);
      expect(await codec.decode(KEY, garbage, MAX_BYTES)).toBeUndefined();
      expect(
        await codec.decode(
          KEY,
          Buffer.concat([(await codec.encode(KEY, answer(small))).subarray(0, 3), garbage]),
          MAX_BYTES,
        ),
      ).toBeUndefined();
    }
  });
});

describe('an encrypted answer', () => {
  it('shows nothing of its content and never looks the same twice', async () => {
    const [first, second] = [await sealed.encode(KEY, answer(small)), await sealed.encode(KEY, answer(small))];
    expect(first.includes('content')).toBe(false);
    expect(first.includes('trace-1')).toBe(false);
    expect(first.equals(second)).toBe(false);
  });

  it('is a miss under another secret, and without one', async () => {
    const value = await sealed.encode(KEY, answer(small));
    expect(await otherSecret.decode(KEY, value, MAX_BYTES)).toBeUndefined();
    expect(await plain.decode(KEY, value, MAX_BYTES)).toBeUndefined();
  });

  it('is not replaced by a plain one', async () => {
    expect(await sealed.decode(KEY, await plain.encode(KEY, answer(small)), MAX_BYTES)).toBeUndefined();
  });
});

describe('a change of the secret', () => {
  const [old, older, fresh] = ['old', 'older', 'fresh'].map((name) => name.repeat(12)) as [string, string, string];
  const before = new EntryCodec(cipherWith(old));
  const after = new EntryCodec(cipherWith(fresh, [old, older]));

  it('leaves readable what the secrets before have sealed', async () => {
    for (const secret of [old, older, fresh]) {
      const value = await new EntryCodec(cipherWith(secret)).encode(KEY, answer(long));
      expect(await after.decode(KEY, value, MAX_BYTES)).toEqual(answer(long));
    }
  });

  it('seals with the new one only', async () => {
    const value = await after.encode(KEY, answer(small));
    expect(await before.decode(KEY, value, MAX_BYTES)).toBeUndefined();
    expect(await new EntryCodec(cipherWith(fresh)).decode(KEY, value, MAX_BYTES)).toEqual(answer(small));
  });

  it('takes neither plain values nor those of a secret that it does not know', async () => {
    expect(await after.decode(KEY, await plain.encode(KEY, answer(small)), MAX_BYTES)).toBeUndefined();
    expect(await after.decode(KEY, await sealed.encode(KEY, answer(small)), MAX_BYTES)).toBeUndefined();
  });
});
