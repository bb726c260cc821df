import type { PlanRequest } from '@relay/policy';
import { estimateTokens, PromptClassifier } from '@relay/prompt';

/** What the policy engine is given of a prompt that an app sends to `auto`. */
export type AskedPrompt = Omit<PlanRequest, 'learned'>;

const classifier = new PromptClassifier();
const AT = Date.UTC(2026, 0, 4, 13, 30);

/** Task and complexity are those that the relay's classifier finds. */
export function askedPrompt(prompt: string): AskedPrompt {
  const text = { system: '', user: prompt, last: prompt };
  return {
    operation: 'chat',
    body: { model: 'auto', messages: [{ role: 'user', content: prompt }] },
    bodyBytes: Buffer.byteLength(prompt),
    headers: { tags: [] },
    principal: {
      tenant: { id: 'bench', weight: 1, tier: 'standard', tags: [], limits: {}, models: null },
      keyId: 'key',
      keyName: 'bench',
      scopes: ['inference'],
    },
    at: AT,
    seed: 0,
    textTokens: estimateTokens(prompt),
    prompt: {
      task: classifier.task(text),
      language: null, // the capabilities here do not tell languages apart
      complexity: classifier.complexity(text),
      injection: null,
      pii: null,
    },
  };
}
