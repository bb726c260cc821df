import { randomBytes } from 'node:crypto';
import { cipherWith } from '../../../test/cipher-with';
import { FlightCodec } from './flight-codec';
import type { FlightMessage } from './flight-messages';

const KEY = 'ab'.repeat(32);
const OTHER_KEY = Buffer.alloc(32, 1);
const SECRET = '0123456789abcdef0123456789abcdef';
const message: FlightMessage = { type: 'bytes', follow: '1', seq: 3, of: 'frames', more: false };
const payload = [Buffer.from('data: ü'), Buffer.from('😀')];

const plain = new FlightCodec(null);
const sealed = new FlightCodec(cipherWith(SECRET));

describe.each([
  ['plain', plain],
  ['sealed', sealed],
])('a message about a flight, %s', (_name, codec) => {
  it('comes back as it was', () => {
    expect(codec.decode(codec.encode(KEY, message, payload))).toEqual({
      key: KEY,
      message,
      payload: Buffer.concat(payload),
    });
  });

  it('is not heard when it is garbage, cut off, or of another version', () => {
    const bytes = codec.encode(KEY, message, payload);
    for (const size of [0, 1, 35, 39, 100, 10_000]) expect(codec.decode(randomBytes(size))).toBeUndefined();
    for (let end = 0; end < bytes.length - Buffer.concat(payload).length; end++)
      expect(codec.decode(bytes.subarray(0, end))).toBeUndefined();
    bytes[1] = 2;
    expect(codec.decode(bytes)).toBeUndefined();
  });

  it('is not heard when a relay of another kind of message sent it', () => {
    const strange = { type: 'dance', follow: '1', seq: 0 } as unknown as FlightMessage;
    expect(codec.decode(codec.encode(KEY, strange, []))).toBeUndefined();
  });
});

describe('a sealed message', () => {
  it('shows nothing but the key, and does not open for another key, secret, or without one', () => {
    const bytes = sealed.encode(KEY, message, payload);
    expect(bytes.includes('frames')).toBe(false);
    expect(bytes.includes('data: ')).toBe(false);
    expect(new FlightCodec(cipherWith(`other ${SECRET}`)).decode(bytes)).toBeUndefined();
    expect(plain.decode(bytes)).toBeUndefined();
    OTHER_KEY.copy(bytes, 3);
    expect(sealed.decode(bytes)).toBeUndefined();
  });

  it('is not replaced by a plain one', () => {
    expect(sealed.decode(plain.encode(KEY, message, payload))).toBeUndefined();
  });
});
