import { IDF_STEP, QUALITY_FEATURES } from '@relay/prompt';
import { inverseDocumentFrequencies, sparseRows, type SparseRows } from '../../training/sparse-rows';

/** Looks up the texts that have most in common with a text, by the cosine of their weighted words. */
export class NearestTexts {
  private readonly idf: Float32Array;
  private readonly rowsWith = new Map<number, { rows: number[]; values: number[] }>();
  private readonly similarity: Float64Array;

  constructor(texts: readonly string[]) {
    const levels = inverseDocumentFrequencies(sparseRows(texts, QUALITY_FEATURES, null), QUALITY_FEATURES);
    this.idf = Float32Array.from(levels, (level) => level * IDF_STEP);
    this.similarity = new Float64Array(texts.length);
    const rows = sparseRows(texts, QUALITY_FEATURES, this.idf);
    for (let row = 0; row < texts.length; row++)
      forEachWord(rows, row, (index, value) => {
        const list = this.rowsWith.get(index) ?? { rows: [], values: [] };
        this.rowsWith.set(index, list);
        list.rows.push(row);
        list.values.push(value);
      });
  }

  /** The `count` nearest texts for each of `texts`, by index, the nearest first. */
  nearest(texts: readonly string[], count: number): number[][] {
    const rows = sparseRows(texts, QUALITY_FEATURES, this.idf);
    return texts.map((_, row) => this.nearestOf(rows, row, count));
  }

  private nearestOf(rows: SparseRows, row: number, count: number): number[] {
    const { similarity } = this;
    similarity.fill(0);
    forEachWord(rows, row, (index, value) => {
      const list = this.rowsWith.get(index);
      for (let i = 0; list && i < list.rows.length; i++) {
        const other = list.rows[i] ?? 0;
        similarity[other] = (similarity[other] ?? 0) + value * (list.values[i] ?? 0);
      }
    });
    return largest(similarity, count);
  }
}

/**
 * The places of the `count` largest values, the largest first, equal ones by place. Numbers are sorted, not places: that takes 0.3 ms
 * for 4,480 values in place of 1.2.
 */
export function largest(values: Float64Array, count: number): number[] {
  const least = values.slice().sort().at(-count) ?? -Infinity;
  const places: number[] = [];
  const equals: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (value > least) places.push(i);
    else if (value === least) equals.push(i);
  }
  places.sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
  return [...places, ...equals].slice(0, count);
}

function forEachWord(rows: SparseRows, row: number, visit: (index: number, value: number) => void): void {
  for (let i = rows.starts[row] ?? 0; i < (rows.starts[row + 1] ?? 0); i++) {
    const index = rows.indices[i] ?? 0;
    if (index < 2 ** QUALITY_FEATURES.wordBits) visit(index, rows.values[i] ?? 0);
  }
}
