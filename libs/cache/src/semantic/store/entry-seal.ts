import { storable } from '@relay/core';
import type { CachedAnswer } from '../../domain/cached-answer';
import type { ContentCipher } from '@relay/core';
import { EntryCodec } from '../../tiers/entry-codec';

/** How a prompt lies in the table: one of the two, by whether there is an encryption key. */
export interface KeptPrompt {
  readonly prompt: string | null;
  readonly sealed_prompt: Buffer | null;
}

/** Where an entry is; what is sealed for one place does not open at another. */
interface PromptPlace {
  readonly scopeId: string;
  readonly exactKey: string;
}

/**
 * Prompts and answers as they lie in the table: sealed with an encryption key, plain without one. What was written the other way, or
 * with another key, does not open.
 */
export class EntrySeal {
  private readonly codec: EntryCodec;

  constructor(private readonly cipher: ContentCipher | null) {
    this.codec = new EntryCodec(cipher);
  }

  get seals(): boolean {
    return this.cipher !== null;
  }

  closePrompt(text: string, place: PromptPlace): KeptPrompt {
    const prompt = storable(text);
    if (this.cipher === null) return { prompt, sealed_prompt: null };
    return { prompt: null, sealed_prompt: this.cipher.seal(Buffer.from(prompt), promptContext(place)) };
  }

  openPrompt({ prompt, sealed_prompt }: KeptPrompt, place: PromptPlace): string | undefined {
    if (this.cipher === null) return prompt ?? undefined;
    if (sealed_prompt === null) return undefined;
    return this.cipher.open(sealed_prompt, promptContext(place))?.toString('utf8');
  }

  closeAnswer(scopeId: string, answerId: string, answer: CachedAnswer): Promise<Buffer> {
    return this.codec.encode(answerContext(scopeId, answerId), answer);
  }

  async openAnswer(
    scopeId: string,
    kept: { readonly answer: Buffer | null; readonly answer_id: string | null },
    maxBytes: number,
  ): Promise<CachedAnswer | undefined> {
    if (kept.answer === null || kept.answer_id === null) return undefined;
    return this.codec.decode(answerContext(scopeId, kept.answer_id), kept.answer, maxBytes);
  }
}

const promptContext = ({ scopeId, exactKey }: PromptPlace): string => `semantic prompt ${scopeId} ${exactKey}`;
/** The answer's own id, not its entry's: an answer may pass on to an alias. */
const answerContext = (scopeId: string, answerId: string): string => `semantic answer ${scopeId} ${answerId}`;
