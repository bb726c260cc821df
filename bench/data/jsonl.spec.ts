import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { readRows } from './jsonl';

const schema = z.object({ prompt: z.string(), score: z.number().min(0).max(1) });

describe('readRows', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'jsonl-'))));
  afterAll(() => rm(folder, { recursive: true }));

  const file = async (name: string, content: string | Buffer): Promise<string> => {
    await writeFile(path.join(folder, name), content);
    return path.join(folder, name);
  };

  it('reads lines, plain and compressed, and skips empty ones', async () => {
    const text = '{"prompt":"a","score":1}\r\n\n{"prompt":"b","score":0.5}\n';
    const rows = [
      { prompt: 'a', score: 1 },
      { prompt: 'b', score: 0.5 },
    ];
    expect(await readRows(await file('rows.jsonl', text), schema)).toEqual(rows);
    expect(await readRows(await file('rows.jsonl.gz', gzipSync(text)), schema)).toEqual(rows);
  });

  it.each([
    ['{"prompt":"a","score":1}\n{"prompt":', ':2: no JSON'],
    ['\n\n{"prompt":"a","score":2}', ':3: score: '],
    ['{"prompt":7,"score":1}', ':1: prompt: '],
    ['\n', ': no rows'],
  ])('refuses %j and says where', async (text, message) => {
    await expect(readRows(await file('bad.jsonl', text), schema)).rejects.toThrow(message);
  });

  it('says which file is missing, or cut', async () => {
    await expect(readRows(path.join(folder, 'none.jsonl.gz'), schema)).rejects.toThrow('none.jsonl.gz');
    const whole = gzipSync('{"prompt":"a","score":1}\n');
    await expect(readRows(await file('cut.gz', whole.subarray(0, 20)), schema)).rejects.toThrow('unexpected end');
  });
});
