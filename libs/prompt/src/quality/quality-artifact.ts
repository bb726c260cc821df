import { err, ok, type Result } from '@relay/core';
import { z } from 'zod';
import { checkArtifact, digestOf, FORMAT_FLAGS, MAX_ARTIFACT_BYTES, type LinearArtifact } from '../linear';
import { forestProblem, type ForestArrays } from './forest';

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);

const schema = z.strictObject({
  format: z.literal('relay-quality-1'),
  models: z.array(z.string().min(1).max(200)).min(1),
  linear: z.unknown(), // heads: the models, then the latent inputs of the forest
  forest: z.strictObject({ inputs: base64, thresholds: base64, next: base64, roots: base64, values: base64 }),
  forestShare: z.number().min(0).max(1), // of the prediction; the rest is linear
  digest: z.string(),
});

/** A trained model of quality as it is stored, in JSON; arrays are base64, little-endian. */
export type QualityArtifact = z.infer<typeof schema>;

export interface QualityParts {
  readonly models: readonly string[];
  readonly linear: LinearArtifact;
  readonly forest: ForestArrays;
  readonly forestShare: number;
  readonly digest: string;
}

/** Puts a trained model into its stored form. */
export function qualityArtifact({
  models,
  linear,
  forest,
  forestShare,
}: Omit<QualityParts, 'digest'>): QualityArtifact {
  const artifact: QualityArtifact = {
    format: 'relay-quality-1',
    models: [...models],
    linear,
    forest: {
      inputs: encoded(forest.inputs),
      thresholds: encoded(forest.thresholds),
      next: encoded(forest.next),
      roots: encoded(forest.roots),
      values: encoded(forest.values),
    },
    forestShare,
    digest: '',
  };
  return { ...artifact, digest: digestOf(artifact) };
}

/** Checks an artifact in all its parts; the error is a line for a person. */
export function parseQuality(json: string): Result<QualityParts, string> {
  if (json.length > MAX_ARTIFACT_BYTES) return err(`larger than ${MAX_ARTIFACT_BYTES} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return err('no JSON');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) return err(`no model of quality: ${parsed.error.issues[0]?.path.join('.') || 'not an object'}`);
  return partsOf(parsed.data);
}

function partsOf(artifact: QualityArtifact): Result<QualityParts, string> {
  const { models, forestShare, digest } = artifact;
  if (digestOf(artifact) !== digest) return err('digest: the content was changed or cut');
  const linear = checkArtifact(artifact.linear);
  if (!linear.ok) return err(`linear: ${linear.error}`);
  const { heads, link } = linear.value;
  if (link !== 'identity' || models.some((model, i) => heads[i] !== model)) return err('linear: not for these models');
  const forest: ForestArrays = {
    inputs: new Int16Array(bytesOf(artifact.forest.inputs, 2)),
    thresholds: new Float32Array(bytesOf(artifact.forest.thresholds, 4)),
    next: new Int32Array(bytesOf(artifact.forest.next, 4)),
    roots: new Int32Array(bytesOf(artifact.forest.roots, 4)),
    values: new Uint8Array(bytesOf(artifact.forest.values, 1)),
  };
  const problem = forestProblem(forest, heads.length - models.length + FORMAT_FLAGS, models.length);
  if (problem !== null) return err(`forest: ${problem}`);
  return ok({ models, linear: linear.value, forest, forestShare, digest });
}

const encoded = (array: ArrayBufferView): string =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64');

/** A buffer of its own, as typed arrays need one aligned to their items; what is left over of a cut item is dropped. */
function bytesOf(text: string, itemBytes: number): ArrayBuffer {
  const bytes = Buffer.from(text, 'base64');
  const whole = new ArrayBuffer(bytes.length - (bytes.length % itemBytes));
  new Uint8Array(whole).set(bytes.subarray(0, whole.byteLength));
  return whole;
}
