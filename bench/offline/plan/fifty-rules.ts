/** Conditions as operators write them, five kinds in turn; `true` for about one request in four. */
const CONDITIONS: readonly ((i: number) => string)[] = [
  (i) => `tenant.tier == "tier-${i % 7}" && request.n < 3`,
  (i) => `"tag-${i}" in request.tags || request.maxTokens > ${4_000 + i}`,
  (i) => `features.inputTokens > ${50 + 40 * i} && features.complexity < 0.8`,
  (i) => `features.task == "${['code', 'math', 'chat', 'creative'][i % 4] ?? 'chat'}" && !request.stream`,
  (i) => `request.user.startsWith("u${i}") && features.hour >= ${i % 24}`,
];

const PATCHES: readonly ((i: number) => object)[] = [
  (i) => ({ decoding: { maxTokens: 500 + i } }),
  () => ({ serviceLevel: 'interactive' }),
  (i) => ({ queue: { weight: 1 + (i % 3) } }),
  () => ({ cache: { exact: { ttl: '30m' } } }),
  (i) => ({ deadlineMs: 30_000 + i }),
];

export const RULES = 50;

/** Rules of a policy document, as written. */
export function fiftyRules(): { id: string; when: string; then: object }[] {
  return Array.from({ length: RULES }, (_, i) => ({
    id: `rule-${i}`,
    when: CONDITIONS[i % CONDITIONS.length]?.(i) ?? 'false',
    then: PATCHES[i % PATCHES.length]?.(i) ?? {},
  }));
}
