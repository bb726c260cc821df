export { adversarialPairs, type AdversarialPair } from './generate-pairs';
export { guardFigures, type GuardFigures, type JudgedPair } from './guard-figures';
export type { AdversarialKind } from './template';
