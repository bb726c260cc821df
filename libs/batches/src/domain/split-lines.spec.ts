import { splitLines, type Line } from './split-lines';

async function* inPieces(text: string, bytes: number): AsyncGenerator<Buffer> {
  const whole = Buffer.from(text);
  for (let at = 0; at < whole.length; at += bytes) yield await Promise.resolve(whole.subarray(at, at + bytes));
}

async function linesOf(text: string, pieceBytes: number, maxBytes = 100): Promise<(string | null)[]> {
  const told = (line: Line): string | null => ('bytes' in line ? line.bytes.toString() : null);
  const lines: (string | null)[] = [];
  for await (const line of splitLines(inPieces(text, pieceBytes), maxBytes)) lines.push(told(line));
  return lines;
}

describe('splitLines', () => {
  it.each([1, 2, 3, 7, 1_000])('gives the same lines whatever the pieces, here of %i bytes', async (bytes) => {
    expect(await linesOf('one\n\nzwölf\r\nlast', bytes)).toEqual(['one', '', 'zwölf\r', 'last']);
  });

  it('gives no line after the last end', async () => {
    expect(await linesOf('one\n', 2)).toEqual(['one']);
    expect(await linesOf('', 2)).toEqual([]);
  });

  it('tells of a line that is too long, and goes on with the next one', async () => {
    expect(await linesOf(`${'x'.repeat(11)}\nshort\n${'y'.repeat(11)}`, 4, 10)).toEqual([null, 'short', null]);
  });
});
