export { checkArtifact, digestOf, IDF_STEP, MAX_ARTIFACT_BYTES, parseArtifact, type LinearArtifact } from './artifact';
export { DEFAULT_FEATURES, featureCount, Featuriser, type FeatureOptions, type SparseVector } from './featuriser';
export { LinearModel, softmax } from './linear-model';
