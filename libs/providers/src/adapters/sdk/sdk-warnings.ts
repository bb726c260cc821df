import type { SharedV3Warning } from '@ai-sdk/provider';

/** Most that are told of one answer. */
const MAX_WARNINGS = 16;
/** Some hold the name of a field that a client made up. In characters. */
const MAX_WARNING_CHARS = 200;

/** What an adapter had to leave out or change, for the trace: each once, short. */
export class Warnings {
  private readonly texts = new Set<string>();

  add(text: string): void {
    if (this.texts.size < MAX_WARNINGS) this.texts.add(text.slice(0, MAX_WARNING_CHARS));
  }

  addAll(warnings: readonly SharedV3Warning[]): void {
    for (const warning of warnings) this.add(worded(warning));
  }

  get list(): readonly string[] {
    return [...this.texts];
  }
}

function worded(warning: SharedV3Warning): string {
  if (warning.type === 'other') return warning.message;
  const { feature, details } = warning;
  const what = warning.type === 'unsupported' ? 'is not supported' : 'works in another way';
  return `${feature} ${what}${details === undefined ? '' : `: ${details}`}`;
}
