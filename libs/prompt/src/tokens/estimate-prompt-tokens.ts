import type { ChatMessage } from '@relay/contracts';
import { estimateTokens } from './estimate-tokens';
import { givenTokens, TOKENS_BEFORE_ANSWER, TOKENS_PER_MESSAGE } from './said-text';

/** About how many tokens the text of all messages has, with what the chat format puts around each of them. */
export function estimatePromptTokens(messages: readonly ChatMessage[]): number {
  let tokens = TOKENS_BEFORE_ANSWER;
  for (const { content } of messages) {
    tokens += TOKENS_PER_MESSAGE + 1; // the name of the role is a token
    if (typeof content === 'string') tokens += estimateTokens(content);
    else if (content) {
      for (const part of content) if (typeof part['text'] === 'string') tokens += estimateTokens(part['text']);
      tokens += givenTokens(content);
    }
  }
  return tokens;
}
