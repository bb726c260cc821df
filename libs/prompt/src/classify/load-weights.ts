import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { LinearModel, MAX_ARTIFACT_BYTES, parseArtifact } from '../linear';

/** A model that comes with this library, made by `npm run train -- classifier`. Throws if the file is missing or damaged. */
export function loadWeights(name: 'task' | 'complexity'): LinearModel {
  const file = path.join(__dirname, 'weights', `${name}.json.gz`);
  const json = gunzipSync(readFileSync(file), { maxOutputLength: MAX_ARTIFACT_BYTES }).toString();
  const artifact = parseArtifact(json);
  if (!artifact.ok) throw new Error(`${file}: ${artifact.error}`);
  return new LinearModel(artifact.value);
}
