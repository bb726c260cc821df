export { QUALITY_FEATURES, QUALITY_KIND, QualityModel } from './quality-model';
