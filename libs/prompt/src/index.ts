export { promptText, type PromptText } from './prompt-text';
export { MAX_INSPECTED_CHARS } from './signals/inspection';
export { findPii, PII_KINDS } from './signals/pii/find-pii';
export type { PiiFinding } from './signals/pii/pii-detector';
