import type { Operation } from '@relay/contracts';
import { fingerprintOf } from './fingerprint';

const of = (operation: Operation, body: string, headers: Record<string, string> = {}): string =>
  fingerprintOf({ operation, headers, body: Buffer.from(body) } as Parameters<typeof fingerprintOf>[0]);
const form = (boundary: string, file: string): string =>
  of('audio.transcriptions', `--${boundary}\r\n\r\n${file}\r\n--${boundary}--`, {
    'content-type': `multipart/form-data; boundary=${boundary}`,
  });

it('is that of the same form, whatever its boundary, and of no other file', () => {
  expect(form('aaa', 'one.mp3')).toBe(form('bbbb', 'one.mp3'));
  expect(form('aaa', 'one.mp3')).not.toBe(form('aaa', 'two.mp3'));
});

it('counts headers that change the question', () => {
  expect(of('messages', '{}', { 'anthropic-beta': 'x' })).not.toBe(of('messages', '{}', { 'anthropic-beta': 'y' }));
  expect(of('chat', '{}', { 'x-request-id': 'x' })).toBe(of('chat', '{}'));
});
