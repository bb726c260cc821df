import { fileLie } from './file-kinds';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const WAV = bytes('RIFF\x24\x00\x00\x00WAVEfmt ');
const PNG = bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR');

describe('a file', () => {
  it.each([
    ['a.wav', 'audio/x-wav', WAV],
    ['a.mp3', 'audio/mpeg', bytes('ID3\x04\0\0\0\0\0\0')],
    ['a.mp3', 'audio/mpeg', bytes('\xff\xfb\x90\x64')],
    ['a.m4a', 'audio/mp4', bytes('\0\0\0\x20ftypM4A \0\0\0\0')],
    ['a.ogg', 'audio/ogg', bytes('OggS\0\x02')],
    ['a.flac', 'audio/flac', bytes('fLaC\0\0')],
    ['a.webm', 'video/webm', bytes('\x1a\x45\xdf\xa3\x9f')],
    ['a.png', 'image/png', PNG],
    ['a.jpg', 'image/jpeg', bytes('\xff\xd8\xff\xe0')],
    ['a.webp', 'image/webp', bytes('RIFF\x24\x00\x00\x00WEBPVP8 ')],
  ])('%s of type %s is what it says', (name, type, first) => {
    expect(fileLie(first, name, type)).toBeNull();
  });

  it.each([
    ['by its type', 'speech', 'audio/wav', PNG, 'said to be WAV, but by its first bytes its kind is PNG'],
    ['by its name', 'a.png', '', WAV, 'said to be PNG, but by its first bytes its kind is WAV'],
    ['by its name, whatever its type', 'a.mp3', 'audio/wav', WAV, 'said to be MP3'],
    ['that is text', 'a.wav', 'audio/wav', bytes('<html>'), 'none that the relay knows'],
    ['that is nearly nothing', 'a.wav', 'audio/wav', bytes('R'), 'none that the relay knows'],
  ])('that lies %s is told', (_how, name, type, first, said) => {
    expect(fileLie(first, name, type)).toContain(said);
  });

  it.each([
    ['a.aac', 'audio/aac', bytes('\xff\xf1')],
    ['blob', 'application/octet-stream', bytes('anything')],
    ['a', '', bytes('anything')],
  ])('%s of type %s is for the upstream to judge', (name, type, first) => {
    expect(fileLie(first, name, type)).toBeNull();
  });
});
