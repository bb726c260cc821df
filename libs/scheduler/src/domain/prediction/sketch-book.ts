import { Cell, ENOUGH, FRESH_MS, type CellFigures } from './cell';
import type { Prediction, Quantiles, ServiceQuestion, ServiceSample } from './prediction';
import { SketchWindow, type StoredWindow } from './sketch-window';

/** Kinds of calls that something is known of; the one that was asked about least lately makes room. About 25 kB each, twice that with what other processes know. */
export const MAX_CELLS = 512;
/** Samples from which on a target that is known no better says something. */
const ENOUGH_OF_TARGET = 10;
/** Prompts of up to so many tokens are alike; what is longer than the last is alike too. */
const SIZES = [64, 256, 1_024, 4_096, 16_384, 65_536];

const LEVELS = ['size', 'task', 'target'] as const;
type Level = (typeof LEVELS)[number];

/** A cell as it is kept: its name, and its windows, newest first. */
export interface StoredCell {
  readonly cell: string;
  readonly windows: readonly StoredWindow[];
}

/** A cell that another process stored, `ageMs` ago. */
export interface OthersCell extends StoredCell {
  readonly ageMs: number;
}

const NOTHING: Prediction = {
  ...{ ttftMs: null, tpotMs: null, outputTokens: null, serviceMs: null },
  ...{ basis: 'none', samples: 0 },
};

/**
 * What calls are like: sketches (DDSketch, Masson et al., VLDB 2019) by target, task and size of the prompt, backing off to target and
 * task, then to the target. The closest kind with enough fresh samples tells; where there are none, the closest with enough of any age.
 * Times are monotonic, in ms.
 */
export class SketchBook {
  private readonly cells = new Map<string, Cell>(); // those first that were stored, or opened, longest ago
  private uses = 0;

  predict(question: ServiceQuestion, now: number): Prediction {
    let basis: Level | null = null;
    let found: CellFigures | null = null;
    for (const level of LEVELS) {
      const figures = this.touch(cellName(level, question))?.read(now);
      if (!figures || figures.samples < (level === 'target' ? ENOUGH_OF_TARGET : ENOUGH)) continue;
      if (found && !figures.fresh) continue;
      [basis, found] = [level, figures];
      if (figures.fresh) break;
    }
    if (!basis || !found) return NOTHING;
    return bounded(found, basis, question.maxTokens);
  }

  observe(question: ServiceQuestion, sample: ServiceSample, now: number): void {
    for (const level of LEVELS) {
      const name = cellName(level, question);
      const cell = this.touch(name) ?? this.open(name);
      cell.add(sample, now);
    }
  }

  /** Cells that changed since they were stored, at most `most`. What is not stored after all is to be handed to `notStored`. */
  takeUnsaved(now: number, most: number): StoredCell[] {
    const taken: StoredCell[] = [];
    for (const [name, cell] of this.cells) {
      if (taken.length === most) break;
      if (!cell.unsaved) continue;
      cell.unsaved = false;
      this.cells.delete(name);
      this.cells.set(name, cell); // the next ones go first next time
      taken.push({ cell: name, windows: cell.toStored(now) });
    }
    return taken;
  }

  notStored(cells: readonly StoredCell[]): void {
    for (const { cell } of cells) {
      const kept = this.cells.get(cell);
      if (kept) kept.unsaved = true;
    }
  }

  /** In the place of what other processes knew before. */
  setOthers(known: OthersKnowledge): void {
    for (const [name, cell] of this.cells) {
      if (known.has(name)) continue;
      cell.setOthers([]);
      if (cell.isEmpty) this.cells.delete(name);
    }
    for (const [name, windows] of known) {
      const cell = this.cells.get(name) ?? (this.cells.size < MAX_CELLS ? this.open(name) : null);
      cell?.setOthers(windows);
    }
  }

  /** Five times a call: a number is noted, as keeping the map itself in this order took ten times as long. */
  private touch(name: string): Cell | undefined {
    const cell = this.cells.get(name);
    if (cell) cell.usedAt = ++this.uses;
    return cell;
  }

  private open(name: string): Cell {
    if (this.cells.size >= MAX_CELLS) this.makeRoom();
    const cell = new Cell();
    cell.usedAt = ++this.uses;
    this.cells.set(name, cell);
    return cell;
  }

  private makeRoom(): void {
    let oldest: string | undefined;
    let usedAt = Infinity;
    for (const [name, cell] of this.cells) {
      if (cell.usedAt >= usedAt) continue;
      oldest = name;
      usedAt = cell.usedAt;
    }
    if (oldest !== undefined) this.cells.delete(oldest);
  }
}

/** What other processes stored, by cell: what was fresh when it was read in one window, what was older in another. */
export type OthersKnowledge = ReadonlyMap<string, readonly SketchWindow[]>;

/** Puts the rows of other processes together, one after the other, so that a long list can be taken in pieces. */
export class OthersGathering {
  private readonly cells = new Map<string, { fresh?: SketchWindow; old?: SketchWindow }>();

  constructor(private readonly now: number) {}

  add({ cell, windows, ageMs }: OthersCell): void {
    const gathered = this.cells.get(cell) ?? {};
    this.cells.set(cell, gathered);
    for (const window of windows) {
      const age = window.ageMs + ageMs;
      const kind = age < FRESH_MS ? 'fresh' : 'old';
      (gathered[kind] ??= new SketchWindow(this.now - age)).merge(window);
    }
  }

  finish(): OthersKnowledge {
    const known = new Map<string, SketchWindow[]>();
    for (const [cell, { fresh, old }] of this.cells)
      known.set(
        cell,
        [fresh, old].filter((window) => window !== undefined),
      );
    return known;
  }
}

function cellName(level: Level, { target, task, inputTokens }: ServiceQuestion): string {
  if (level === 'target') return target;
  if (level === 'task') return `${target}\n${task}`;
  return `${target}\n${task}\n${sizeOf(inputTokens)}`;
}

function sizeOf(tokens: number): number {
  let size = 0;
  while (tokens > (SIZES[size] ?? Infinity)) size++;
  return size;
}

/** An answer ends at `maxTokens`, and with it the call. */
function bounded(figures: CellFigures, basis: Level, maxTokens: number | null): Prediction {
  const { ttftMs, tpotMs, outputTokens, serviceMs, samples } = figures;
  if (maxTokens === null) return { ttftMs, tpotMs, outputTokens, serviceMs, samples, basis };
  const longest = tpotMs && {
    p50: (ttftMs?.p50 ?? 0) + maxTokens * tpotMs.p50,
    p90: (ttftMs?.p90 ?? 0) + maxTokens * tpotMs.p90,
  };
  return {
    ttftMs,
    tpotMs,
    outputTokens: outputTokens && smaller(outputTokens, { p50: maxTokens, p90: maxTokens }),
    serviceMs: serviceMs && longest ? smaller(serviceMs, longest) : serviceMs,
    samples,
    basis,
  };
}

const smaller = (a: Quantiles, b: Quantiles): Quantiles => ({
  p50: Math.min(a.p50, b.p50),
  p90: Math.min(a.p90, b.p90),
});
