import type { ChatCompletionRequest, ChatMessage } from '@relay/contracts';

/** Where an app leaves the model out, as OpenAI lets it for some operations, the policy chooses among the models that are for it. */
const CHOSEN_BY_POLICY = 'auto';

interface Beside {
  readonly user?: string | null | undefined;
  readonly n?: number | null | undefined;
  readonly stream?: boolean | null | undefined;
}

/** What was asked, as one message of a user: what policies, guards, limits and estimates read. No provider gets to see it. */
export function asQuestion(
  model: string | null | undefined,
  content: ChatMessage['content'],
  { user, n, stream }: Beside = {},
): ChatCompletionRequest {
  return {
    model: model ?? CHOSEN_BY_POLICY,
    messages: [{ role: 'user', content: content ?? '' }],
    ...(user == null ? {} : { user }),
    ...(n == null ? {} : { n }),
    ...(stream === true ? { stream } : {}),
  };
}
