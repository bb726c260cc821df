export * from './linear';
export { promptText, type PromptText } from './prompt-text';
export { MAX_INSPECTED_CHARS } from './signals/inspection';
export { findPii, PII_KINDS } from './signals/pii/find-pii';
export type { PiiFinding } from './signals/pii/pii-detector';
export { CHAR_CLASSES } from './tokens/char-classes';
export { estimateTokens } from './tokens/estimate-tokens';
export { addRunCounts, COUNTS_PER_CLASS, ENGLISH_SLOT, RUN_COUNTS } from './tokens/run-counts';
export { injectionScore } from './signals/injection/injection-score';
