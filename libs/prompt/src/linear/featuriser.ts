import { Block } from './block';
import { excerptOf, MAX_EXCERPT } from './excerpt';
import { FORMAT_FLAGS, writeFormat } from './format';
import { WordCounter } from './words';

/** What features a text is turned into. Part of every trained model. */
export interface FeatureOptions {
  readonly wordBits: number; // log2 of the indices for words and pairs of neighbouring words, 8..20
  readonly characterBits: number; // the same for n-grams of characters within words; 0: none
  readonly minCharacters: number;
  readonly maxCharacters: number; // of an n-gram
}

export const DEFAULT_FEATURES: FeatureOptions = { wordBits: 15, characterBits: 15, minCharacters: 3, maxCharacters: 5 };

/** Features that are not 0; only the first `size` entries count. */
export interface SparseVector {
  readonly indices: Int32Array;
  readonly values: Float32Array;
  size: number;
}

const MAX_WORD_FEATURES = 2 * MAX_EXCERPT;

/** Number of features, all kinds together: words, characters, format, in this order. */
export const featureCount = (options: FeatureOptions): number => formatOffset(options) + FORMAT_FLAGS;

/** Index of the first format flag; they are the last features. */
export const formatOffset = ({ wordBits, characterBits }: FeatureOptions): number =>
  2 ** wordBits + (characterBits > 0 ? 2 ** characterBits : 0);

/**
 * Turns texts into hashed features: words, pairs of words, n-grams of characters, and the look of the text. Each kind has length 1
 * (or 0), whatever the length of the text. At most the first 4,000 and the last 2,000 characters are looked at.
 */
export class Featuriser {
  private readonly words: Block;
  private readonly characters: Block | null;
  private readonly counter: WordCounter;
  private readonly output: SparseVector;
  private readonly formatOffset: number;

  /** `weights`: of each feature, e.g. its inverse document frequency; `null` for 1 each. */
  constructor(
    options: FeatureOptions,
    private readonly weights: Float32Array | null = null,
  ) {
    const { wordBits, characterBits, minCharacters: min, maxCharacters: max } = options;
    const lengths = max - min + 1;
    const characterFeatures = Math.min(2 ** characterBits, 2 * lengths * MAX_EXCERPT);
    this.words = new Block(wordBits, 0, Math.min(2 ** wordBits, MAX_WORD_FEATURES));
    this.characters = characterBits > 0 ? new Block(characterBits, 2 ** wordBits, characterFeatures) : null;
    this.counter = new WordCounter(this.words, this.characters && { block: this.characters, min, max });
    this.formatOffset = formatOffset(options);
    const capacity = Math.min(2 ** wordBits, MAX_WORD_FEATURES) + characterFeatures + FORMAT_FLAGS;
    this.output = { indices: new Int32Array(capacity), values: new Float32Array(capacity), size: 0 };
  }

  /** The features of a text. The same object at every call: use it, or copy it, before the next. */
  featurise(text: string): SparseVector {
    const { indices, values } = this.output;
    const excerpt = excerptOf(text);
    this.counter.count(excerpt.toLowerCase());
    let end = this.words.flush(indices, values, 0, this.weights);
    if (this.characters) end = this.characters.flush(indices, values, end, this.weights);
    this.output.size = writeFormat(excerpt, text.length, this.formatOffset, indices, values, end);
    return this.output;
  }
}
