import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { errorReply, jsonReply, rawReply, ScriptedUpstream, steps, type UpstreamScript } from '@relay/testing';
import { fetchModel, HUB_NAME } from './hub';

describe('the hub of models', () => {
  const never = new AbortController().signal;
  let hub: ScriptedUpstream;
  let folder: string;
  let files: Record<string, UpstreamScript>;

  const paths = (): string[] => hub.requests.map((request) => request.path);
  const fetchIt = (signal = never): Promise<void> => fetchModel(`${hub.origin}/`, 'org/tiny', folder, signal);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'relay-hub-'));
    files = {
      'tokenizer.json': jsonReply({ model: {} }),
      'onnx/model.onnx': rawReply('weights', 'application/octet-stream'),
    };
    hub = await ScriptedUpstream.start(
      ({ path: asked }) => files[asked.replace('/org/tiny/resolve/main/', '')] ?? errorReply(404, 'no such file'),
    );
  });
  afterEach(async () => {
    await hub.close();
    await rm(folder, { recursive: true });
  });

  it('gives the files that it has, once', async () => {
    await fetchIt();
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(['onnx', 'onnx/model.onnx', 'tokenizer.json']);
    expect(await readFile(path.join(folder, 'onnx/model.onnx'), 'utf8')).toBe('weights');
    expect(paths()).toContain('/org/tiny/resolve/main/tokenizer.json');
    const asked = paths().length;
    files = {};
    await expect(fetchIt()).resolves.toBeUndefined();
    expect(paths().slice(asked)).not.toContain('/org/tiny/resolve/main/tokenizer.json');
  });

  it('may send elsewhere, where its files are kept', async () => {
    files['onnx/model.onnx'] = errorReply(302, 'elsewhere', { location: `${hub.origin}/org/tiny/resolve/main/blob` });
    files['blob'] = rawReply('weights', 'application/octet-stream');
    await fetchIt();
    expect(await readFile(path.join(folder, 'onnx/model.onnx'), 'utf8')).toBe('weights');
  });

  it.each<[string, string, UpstreamScript]>([
    ['has no model', 'onnx/model.onnx', errorReply(404, 'no')],
    ['has no tokenizer', 'tokenizer.json', errorReply(404, 'no')],
    ['is out of order', 'onnx/model.onnx', errorReply(500, 'oops')],
    ['breaks off', 'onnx/model.onnx', steps(['half a mod', 'CUT'], { headers: { 'content-length': '1000' } })],
  ])('is of no use when it %s, and leaves no half a file', async (_name, file, script) => {
    files[file] = script;
    await expect(fetchIt()).rejects.toThrow();
    expect(await readdir(folder, { recursive: true })).not.toContain('onnx/model.onnx');
    expect((await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('is left when the embedder is closed', async () => {
    const closing = new AbortController();
    files['onnx/model.onnx'] = steps(['half a mod', 'STALL'], { headers: { 'content-length': '1000' } });
    const refused = expect(fetchIt(closing.signal)).rejects.toThrow();
    await hub.request(5);
    closing.abort();
    await refused;
    expect((await readdir(folder, { recursive: true })).filter((name) => name.includes('.onnx'))).toEqual([]);
  });

  it('is asked only for names that stay in their folder', () => {
    for (const name of ['all-MiniLM-L6-v2', 'Xenova/bge-small-en-v1.5', '_x/y_z']) expect(name).toMatch(HUB_NAME);
    for (const name of ['../etc', 'a/../b', '/a', 'a/b/c', 'a/', '.a', 'a/.b', 'a?b', 'a b', ''])
      expect(name).not.toMatch(HUB_NAME);
  });
});
