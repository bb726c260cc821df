import { Block } from './block';
import { classOf, DIGIT, IDEOGRAPH, LETTER, LINE_BREAK, SPACE } from './characters';
import { spreadBits, step } from './hash';

const UNIGRAM = 0x811c9dc5; // FNV-1a's offset; any odd constants do, they keep kinds of n-grams apart
const BIGRAM = 0x3c6ef372;
const CHARACTERS = 0x1b873593;
const ZERO = 48; // every digit counts as 0: how long a number is tells more than which one
const SPACE_UNIT = 32;
const MAX_WORD = 40; // characters; the rest of a longer run is not looked at for n-grams of characters

/** Takes a text apart into words and counts their n-grams: runs of letters and digits, each other visible character alone. */
export class WordCounter {
  private readonly word = new Uint16Array(MAX_WORD + 2); // a space, the word, a space
  private length = 0; // of `word`, without its last space
  private hash = UNIGRAM;
  private previous = 0;

  /** `characters`: shortest and longest n-gram of characters; `null` for none. */
  constructor(
    private readonly words: Block,
    private readonly characters: { readonly block: Block; readonly min: number; readonly max: number } | null,
  ) {
    this.word[0] = SPACE_UNIT;
  }

  /** Counts everything in `text`, which should be lower-case. */
  count(text: string): void {
    this.previous = 0;
    this.begin();
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      const kind = classOf(code);
      if (kind === LETTER) this.push(code);
      else if (kind === DIGIT) this.push(ZERO);
      else {
        this.end();
        if (kind !== SPACE) this.single(code, kind);
      }
    }
    this.end();
  }

  private begin(): void {
    this.length = 1;
    this.hash = UNIGRAM;
  }

  private push(unit: number): void {
    this.hash = step(this.hash, unit);
    if (this.length <= MAX_WORD) this.word[this.length++] = unit;
  }

  private single(code: number, kind: number): void {
    this.push(code);
    if (kind === IDEOGRAPH || kind === LINE_BREAK) this.wordEnds();
    else this.end();
  }

  private end(): void {
    if (this.length === 1) return;
    if (this.characters) this.countCharacters(this.characters);
    this.wordEnds();
  }

  private wordEnds(): void {
    this.words.add(spreadBits(this.hash));
    this.words.add(spreadBits(Math.imul(this.previous, 31) ^ this.hash ^ BIGRAM));
    this.previous = this.hash;
    this.begin();
  }

  private countCharacters({ block, min, max }: { block: Block; min: number; max: number }): void {
    const { word } = this;
    const length = this.length + 1;
    word[length - 1] = SPACE_UNIT;
    for (let start = 0; start + min <= length; start++) {
      let hash = CHARACTERS;
      const stop = Math.min(start + max, length);
      for (let i = start; i < stop; i++) {
        hash = step(hash, word[i] ?? 0);
        if (i - start + 1 >= min) block.add(spreadBits(hash));
      }
    }
  }
}
