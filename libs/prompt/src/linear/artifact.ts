import { createHash } from 'node:crypto';
import { canonicalJson, err, ok, type Result } from '@relay/core';
import { z } from 'zod';
import { featureCount } from './featuriser';

/** Larger artifacts are refused before they are read, in bytes of JSON. */
export const MAX_ARTIFACT_BYTES = 32 * 2 ** 20;
const MAX_HEADS = 64;

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);

const schema = z
  .strictObject({
    format: z.literal('relay-linear-1'),
    features: z
      .strictObject({
        wordBits: z.int().min(8).max(20),
        characterBits: z.union([z.literal(0), z.int().min(8).max(20)]),
        minCharacters: z.int().min(1).max(8),
        maxCharacters: z.int().min(1).max(8),
      })
      .refine((one) => one.minCharacters <= one.maxCharacters, 'minCharacters above maxCharacters'),
    link: z.enum(['identity', 'logistic', 'softmax']),
    heads: z.array(z.string().min(1).max(200)).min(1).max(MAX_HEADS),
    bias: z.array(z.number()),
    scales: z.array(z.number()), // of each head: weight = int8 x scale
    weights: base64, // int8, by feature, then head
    idf: base64.nullable(), // uint8 a feature, in steps of IDF_STEP
    info: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])), // what it was trained on; for people
    digest: z.string(),
  })
  .refine((one) => new Set(one.heads).size === one.heads.length, 'the same head twice')
  .refine(
    (one) => one.bias.length === one.heads.length && one.scales.length === one.heads.length,
    'not one bias a head',
  );

/** A trained model as it is stored, in JSON. */
export type LinearArtifact = z.infer<typeof schema>;

export const IDF_STEP = 0.05; // the largest, 12.75, is one text in 340,000

/** SHA-256 (hex) of everything but the digest. */
export function digestOf({ digest: _, ...rest }: { readonly digest: string }): string {
  return createHash('sha256').update(canonicalJson(rest)).digest('hex');
}

/** Checks an artifact in all its parts; the error is a line for a person. */
export function parseArtifact(json: string): Result<LinearArtifact, string> {
  if (json.length > MAX_ARTIFACT_BYTES) return err(`larger than ${MAX_ARTIFACT_BYTES} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return err('no JSON');
  }
  return checkArtifact(value);
}

/** As {@link parseArtifact}, of a value that is JSON already, such as an imported file. */
export function checkArtifact(value: unknown): Result<LinearArtifact, string> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) return err(issueText(parsed.error));
  const artifact = parsed.data;
  const size = featureCount(artifact.features);
  if (byteLength(artifact.weights) !== size * artifact.heads.length)
    return err('weights: not one for each feature and head');
  if (artifact.idf !== null && byteLength(artifact.idf) !== size) return err('idf: not one for each feature');
  if (digestOf(artifact) !== artifact.digest) return err('digest: the content was changed or cut');
  return ok(artifact);
}

const byteLength = (text: string): number => Buffer.byteLength(text, 'base64');

function issueText(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.') || 'artifact'}: ${issue?.message ?? 'not as expected'}`;
}
