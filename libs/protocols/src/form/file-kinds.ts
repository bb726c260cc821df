/** A kind of file by its first bytes, and what clients call it. */
interface FileKind {
  readonly name: string;
  readonly extensions: readonly string[];
  readonly types: readonly RegExp[];
  readonly matches: (bytes: Buffer) => boolean;
}

const ascii = (bytes: Buffer, from: number, text: string): boolean =>
  bytes.toString('latin1', from, from + text.length) === text;

const starts =
  (...first: readonly number[]) =>
  (bytes: Buffer) =>
    bytes.subarray(0, first.length).equals(Buffer.from(first));

/** An MP3 begins with an ID3 tag or with a frame: eleven bits set, a version and a layer that exist (ISO/IEC 11172-3, 2.4.2.3). */
function isMp3(bytes: Buffer): boolean {
  if (ascii(bytes, 0, 'ID3')) return true;
  const [first = 0, second = 0] = bytes;
  return first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x18) !== 0x08 && (second & 0x06) !== 0;
}

/** RF64: of more than 4 GiB. */
const isRiff = (bytes: Buffer, form: string): boolean =>
  (ascii(bytes, 0, 'RIFF') || ascii(bytes, 0, 'RF64')) && ascii(bytes, 8, form);

/** The types that OpenAI takes. */
const KINDS: readonly FileKind[] = [
  {
    name: 'WAV',
    extensions: ['wav'],
    types: [/^audio\/(?:x-|vnd\.)?wave?$/],
    matches: (bytes) => isRiff(bytes, 'WAVE'),
  },
  { name: 'MP3', extensions: ['mp3', 'mpga'], types: [/^audio\/(?:x-)?(?:mp3|mpeg3?)$/], matches: isMp3 },
  {
    name: 'MP4',
    extensions: ['mp4', 'm4a'],
    types: [/^(?:audio|video)\/(?:mp4|x-m4a|m4a)$/],
    matches: (bytes) => ascii(bytes, 4, 'ftyp'),
  },
  {
    name: 'Ogg',
    extensions: ['ogg', 'oga', 'opus'],
    types: [/^audio\/(?:ogg|opus)$/],
    matches: (bytes) => ascii(bytes, 0, 'OggS'),
  },
  { name: 'FLAC', extensions: ['flac'], types: [/^audio\/(?:x-)?flac$/], matches: (bytes) => ascii(bytes, 0, 'fLaC') },
  { name: 'WebM', extensions: ['webm'], types: [/^(?:audio|video)\/webm$/], matches: starts(0x1a, 0x45, 0xdf, 0xa3) },
  {
    name: 'PNG',
    extensions: ['png'],
    types: [/^image\/png$/],
    matches: starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
  },
  { name: 'JPEG', extensions: ['jpg', 'jpeg'], types: [/^image\/(?:jpe?g|pjpeg)$/], matches: starts(0xff, 0xd8, 0xff) },
  { name: 'WebP', extensions: ['webp'], types: [/^image\/webp$/], matches: (bytes) => isRiff(bytes, 'WEBP') },
];

/** First bytes that tell every kind. */
export const MAGIC_BYTES = 16;

/**
 * What is wrong with what a file says of itself; null if its first bytes are of the kind that its type and its name say. A type or a name
 * that is not known is for the upstream to judge. `first`: at least `MAGIC_BYTES`, if there are so many.
 */
export function fileLie(first: Buffer, filename: string, contentType: string): string | null {
  const type = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  const extension = /\.([^.]+)$/.exec(filename)?.[1]?.toLowerCase() ?? '';
  const byType = KINDS.find(({ types }) => types.some((known) => known.test(type)));
  const byName = KINDS.find(({ extensions }) => extensions.includes(extension));
  const found = KINDS.find(({ matches }) => matches(first))?.name ?? 'none that the relay knows';
  const told = [byType, byName].find((kind) => kind !== undefined && !kind.matches(first));
  return told ? `it is said to be ${told.name}, but by its first bytes its kind is ${found}` : null;
}
