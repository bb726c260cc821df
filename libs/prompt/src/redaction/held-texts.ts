import { placeholdersIn, restoreText, type RedactionTable } from './placeholders';

/** Texts of one stream whose end is held back at the same time, at most: 128 choices of 32 texts each. */
const MAX_HELD_TEXTS = 4_096;

/**
 * Puts originals back into texts that arrive in pieces. Of each text only an end is held back that could still become a placeholder
 * of the table; texts are independent of each other.
 */
export class HeldTexts {
  private readonly held = new Map<string, string>();
  private readonly beginnings = new Set<string>();

  constructor(private readonly table: RedactionTable) {
    for (const name of table.keys()) {
      // A beginning that is known already has brought its own beginnings with it.
      for (let end = name.length - 1; end > 0 && !this.beginnings.has(name.slice(0, end)); end--) {
        this.beginnings.add(name.slice(0, end));
      }
    }
  }

  get isEmpty(): boolean {
    return this.held.size === 0;
  }

  /** What can be handed on of the text `id` now that `piece` has come. With `last` nothing is held back. */
  take(id: string, piece: string, escape: ((original: string) => string) | undefined, last: boolean): string {
    const before = this.held.get(id);
    const text = before === undefined ? piece : before + piece;
    if (before !== undefined) this.held.delete(id);
    const end = last ? text.length : this.openEnd(text);
    if (end < text.length) this.held.set(id, text.slice(end));
    const whole = end < text.length ? text.slice(0, end) : text;
    return placeholdersIn(whole).length === 0 ? whole : restoreText(whole, this.table, escape);
  }

  /** Gives up what is held of the texts whose id begins so, in the order in which they came to be held. */
  release(prefix: string): [id: string, text: string][] {
    const released = [...this.held].filter(([id]) => id.startsWith(prefix));
    for (const [id] of released) this.held.delete(id);
    return released;
  }

  /** Where the end begins that could become a placeholder: only its first character is a bracket, so the last bracket decides. */
  private openEnd(text: string): number {
    const bracket = text.lastIndexOf('[');
    if (bracket === -1 || this.held.size >= MAX_HELD_TEXTS) return text.length;
    return this.beginnings.has(text.slice(bracket)) ? bracket : text.length;
  }
}
