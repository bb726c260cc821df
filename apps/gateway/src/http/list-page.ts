import type { Page } from '@relay/batches';

/** A page as OpenAI's lists have it. */
export function listPage<T extends { readonly id: string }>({ data, hasMore }: Page<T>): object {
  return { object: 'list', data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: hasMore };
}
