import type { MatchLogic, ModelInfo } from '@pydantic/genai-prices';

/** What vendors put behind a model's name for one version of it: `-2025-04-14`, `-20250929`, `@20250929`, `-0613`, `-001`, `-latest`. */
const VERSION = /[-@](?:20\d{2}-?\d{2}-?\d{2}|\d{3,4}|latest)$/;

/**
 * Whether the catalogue means this very model. It also matches by the beginning of a name, where `x-pro` might be taken for its cheaper
 * neighbour `x`: a price is only taken where the name is told in full, or in full but for the version behind it.
 */
export function namesExactly({ id, match }: Pick<ModelInfo, 'id' | 'match'>, asked: string): boolean {
  const name = asked.trim().toLowerCase();
  const told = new Set([id.toLowerCase(), ...textsOf(match, ['equals'])]);
  if (told.has(name)) return true;
  const base = name.replace(VERSION, '');
  return base !== name && (base === id.toLowerCase() || textsOf(match, ['equals', 'starts_with']).includes(base));
}

/** What a name is compared with, in all branches. */
function textsOf(match: MatchLogic, kinds: readonly string[]): string[] {
  if ('or' in match) return match.or.flatMap((each) => textsOf(each, kinds));
  if ('and' in match) return match.and.flatMap((each) => textsOf(each, kinds));
  return Object.entries(match).flatMap(([kind, text]) => (kinds.includes(kind) ? [String(text).toLowerCase()] : []));
}
