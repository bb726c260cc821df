export { LEAF, type ForestArrays } from './forest';
export { qualityArtifact, type QualityArtifact } from './quality-artifact';
export { QUALITY_FEATURES, QualityModel, writeForestInputs } from './quality-model';
