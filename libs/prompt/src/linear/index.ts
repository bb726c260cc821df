export { checkArtifact, digestOf, IDF_STEP, MAX_ARTIFACT_BYTES, parseArtifact, type LinearArtifact } from './artifact';
export { featureCount, Featuriser, formatOffset, type FeatureOptions, type SparseVector } from './featuriser';
export { FORMAT_FLAGS } from './format';
export { LinearModel, softmax } from './linear-model';
