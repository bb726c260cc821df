export { promptText, type PromptText } from './prompt-text';
