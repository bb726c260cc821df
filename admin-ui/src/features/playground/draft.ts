import type { Schemas } from '../../api/client';

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** What stands in the form. Numbers stay texts until they are sent, so that half of one can be typed. */
export interface Draft {
  readonly system: string;
  readonly turns: readonly Turn[];
  readonly temperature: string;
  readonly topP: string;
  readonly maxTokens: string;
  readonly stream: boolean;
  readonly cacheControl: '' | 'no-cache' | 'no-store';
  readonly priority: '' | 'interactive' | 'standard' | 'batch';
  readonly prefer: '' | 'quality' | 'cost' | 'latency';
  readonly tags: string;
  readonly from: string | null; // the trace that it was filled from
}

export const EMPTY_DRAFT: Draft = {
  system: '',
  turns: [{ role: 'user', text: '' }],
  temperature: '',
  topP: '',
  maxTokens: '400',
  stream: true,
  cacheControl: '',
  priority: '',
  prefer: '',
  tags: '',
  from: null,
};

export type ChatBody = Schemas['ChatCompletionRequest'];

export function bodyOf(draft: Draft, model: string): ChatBody {
  const system = draft.system.trim() === '' ? [] : [{ role: 'system', content: draft.system }];
  const turns = draft.turns.filter(({ text }) => text !== '').map(({ role, text }) => ({ role, content: text }));
  return {
    model,
    messages: [...system, ...turns],
    ...numberOf('temperature', draft.temperature),
    ...numberOf('top_p', draft.topP),
    ...numberOf('max_tokens', draft.maxTokens),
    ...(draft.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  };
}

/** The headers that steer the relay; those of the key come apart from them. */
export function headersOf({ cacheControl, priority, prefer, tags }: Draft): Readonly<Record<string, string>> {
  const headers = {
    'cache-control': cacheControl,
    'x-relay-priority': priority,
    'x-relay-prefer': prefer,
    'x-relay-tags': tags.trim(),
  };
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
}

/** Why it cannot be sent as it is, or null. */
export function problemOf(draft: Draft, models: readonly string[]): string | null {
  if (models.some((model) => model.trim() === '')) return 'Name a model.';
  if (draft.turns.every(({ text }) => text.trim() === '')) return 'Write a message first.';
  for (const [name, value] of [
    ['Temperature', draft.temperature],
    ['Top p', draft.topP],
    ['Longest answer', draft.maxTokens],
  ] as const)
    if (value.trim() !== '' && !Number.isFinite(Number(value))) return `${name} is not a number.`;
  if (/[^\x20-\x7e]/.test(draft.tags)) return 'Tags go into a header: letters, digits and signs of ASCII only.';
  return null;
}

function numberOf<Name extends string>(name: Name, text: string): Partial<Record<Name, number>> {
  return text.trim() === '' ? {} : ({ [name]: Number(text) } as Record<Name, number>);
}
