import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { embedderSchema, type EmbedderConfig } from '@relay/config';
import { systemClock } from '@relay/core';
import { saySkipped } from '@relay/testing';
import type { Embedder } from '../embedder.port';
import { onnxEmbedder, onnxProblem } from './onnx.embedder';
import { findRuntime } from './optional-packages';

const TINY = path.resolve(__dirname, '../../test/tiny-model');
const installed = findRuntime();
const describeOnnx = 'runtime' in installed ? describe : describe.skip;
if ('missing' in installed) saySkipped(`ONNX models, because ${installed.missing} is not installed`);

type OnnxConfig = Extract<EmbedderConfig, { kind: 'onnx' }>;

function onnxConfig(settings: object): OnnxConfig {
  const config = embedderSchema.parse({ kind: 'onnx', ...settings });
  if (config.kind !== 'onnx') throw new Error('another kind');
  return config;
}

describe('the configuration of an ONNX model', () => {
  const places = { baseDir: path.dirname(TINY), dataDir: '/nowhere' };
  const runtime = { runtime: 'onnxruntime-web' } as const;

  it.each([
    ['a folder with a model', { model: TINY }],
    ['a folder relative to the configuration', { model: 'tiny-model' }],
    ['a name and a hub', { model: 'org/model', hub: 'https://hub.example' }],
  ])('is right with %s', (_name, settings) => {
    expect(onnxProblem(onnxConfig(settings), places, runtime)).toBeNull();
  });

  it.each([
    ['a name without a hub', { model: 'org/model' }],
    ['a folder without a model', { model: __dirname }],
    ['a name that leads elsewhere', { model: '../../model', hub: 'https://hub.example' }],
  ])('is wrong with %s', (_name, settings) => {
    expect(onnxProblem(onnxConfig(settings), places, runtime)).toMatchObject({
      path: 'embedder.model',
      found: settings.model,
    });
  });

  it.each([
    [[], 'npm install onnxruntime-web @huggingface/tokenizers'],
    [['onnxruntime-node'], 'npm install @huggingface/tokenizers'],
    [['@huggingface/tokenizers'], 'npm install onnxruntime-web'],
  ])('names the command that installs what is missing beside %j', (present: string[], command) => {
    const found = findRuntime((name) => present.includes(name));
    expect(onnxProblem(onnxConfig({ model: TINY }), places, found)?.allowed).toContain(command);
  });

  it('prefers the native runtime', () => {
    expect(findRuntime(() => true)).toEqual({ runtime: 'onnxruntime-node' });
  });
});

describeOnnx('an ONNX model', () => {
  let folder: string;
  let embedder: Embedder | null = null;

  function open(settings: object = {}): Embedder {
    embedder = onnxEmbedder(
      onnxConfig({ model: folder, ...settings }),
      { baseDir: '/', dataDir: '/nowhere' },
      systemClock,
    );
    return embedder;
  }
  const close = async (): Promise<void> => {
    await embedder?.close();
    embedder = null;
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'relay-onnx-'));
    await cp(TINY, folder, { recursive: true });
  });
  afterEach(async () => {
    await close();
    await rm(folder, { recursive: true });
  });

  // By numpy, from the table of make_model.py: the mean of [CLS] reset my pass ##word [SEP].
  const MEAN = [-0.24434, 0.097206, -0.586817, -0.539808, -0.341974, -0.209204, -0.341224, 0.134001];
  const CLS = [-0.381406, -0.129844, -0.539451, -0.365892, -0.522572, -0.066705, -0.359624, 0.076968];

  const expectClose = (vector: Float32Array | null | undefined, expected: readonly number[]): void => {
    expect(vector).toHaveLength(expected.length);
    expected.forEach((value, index) => expect(vector?.[index]).toBeCloseTo(value, 5));
  };

  it('gives the mean of the tokens, alone and beside longer texts that its row is filled up for', async () => {
    const model = open();
    expectClose((await model.embed(['Reset my password']))[0], MEAN);
    const [short, long] = await model.embed([
      'Reset my password',
      'How do I delete my account? the cat sat on the mat',
    ]);
    expectClose(short, MEAN);
    expect(long).toHaveLength(8);
  });

  it('gives the vector of the first token where the model is made for that', async () => {
    expectClose((await open({ pooling: 'cls' }).embed(['Reset my password']))[0], CLS);
  });

  it('gives no vector to words that it does not know, nor to a text that is too long for it or for the setting', async () => {
    const texts = ['the cat', 'the zebra', '😀', 'the cat sat on the mat', 'cat '.repeat(63), 'cat '.repeat(100_000)];
    const known = (vectors: readonly unknown[]): boolean[] => vectors.map((vector) => vector !== null);
    expect(known(await open({ maxTokens: 512 }).embed(texts))).toEqual([true, false, false, true, false, false]);
    await close();
    expect(known(await open({ maxTokens: 8 }).embed(texts))).toEqual([true, false, false, true, false, false]);
  });

  it('gives the gist of such texts', async () => {
    const model = open({ maxTokens: 8 }); // with [CLS], pass, ##word and [SEP]
    const [beginning] = await model.embed(['Reset my password the cat']);
    const [cut, unknown] = await model.embed(['Reset my password the cat sat on the mat', 'the zebra'], { gist: true });
    expectClose(cut, [...(beginning ?? [])]);
    expect(unknown).toHaveLength(8);
  });

  it('has an id that changes with its files and its pooling, and is known when it is loaded', async () => {
    const ids: (string | null)[] = [];
    for (const settings of [{}, {}, { pooling: 'cls' }]) {
      const model = open(settings);
      expect(model.id).toBeNull();
      await model.embed(['the cat']);
      ids.push(model.id);
      await close();
    }
    expect(ids[0]).toMatch(/^onnx\/relay-onnx-\w+\/mean@[0-9a-f]{12}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it.each([
    ['model.onnx', 'no model'],
    ['tokenizer.json', '{"model": 1}'],
    ['tokenizer.json', 'no JSON'],
  ])('fails when %s is %s', async (file, content) => {
    await writeFile(path.join(folder, file), content);
    await expect(open().embed(['the cat'])).rejects.toThrow();
  });

  it('needs no more than its model and its tokenizer', async () => {
    await rm(path.join(folder, 'config.json'));
    expect((await open().embed(['cat '.repeat(100)]))[0]).toHaveLength(8);
  });
});
