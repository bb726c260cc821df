import type { ErrorPoint } from '../../domain/semantic/error-curve';
import { chooseThreshold, errorsOf, MAX_LABELS } from '../../domain/semantic/threshold';
import type { ThresholdState } from '../../domain/semantic/semantic-model';
import type { KeptLabel } from './label-store';

/** Room for labels that arrive, before the oldest are removed in one go. */
const SLACK = 500;
/** Labels change what may be served once in so long, bad hits at once. In ms. */
const REFRESH_MS = 1_000;
/** Without new labels the old ones still age. In ms. */
const AGEING_MS = 3_600_000;
/** Budgets that one class is asked about: one for each policy rule that names it. */
const MAX_BUDGETS = 8;

interface Worked {
  readonly state: ThresholdState;
  readonly changes: number; // of the labels that it knows
  readonly at: number; // ms since the epoch
}

/** The labels of one class in memory: bounded, and the threshold that follows from them. */
export class LabelClass {
  private readonly labels: KeptLabel[] = [];
  private readonly ids = new Set<string>();
  private readonly worked = new Map<number, Worked>();
  private changes = 0;
  private urgent = false;
  /** It has the labels that are stored, not only those that came since it was first asked about. */
  isRead = false;
  /** An alarm is told once, until the class has recovered. */
  alarmed = false;

  get size(): number {
    return this.labels.length;
  }

  /** Labels that are here already are left out. */
  add(labels: readonly KeptLabel[]): void {
    for (const label of labels) {
      if (this.ids.has(label.id)) continue;
      this.ids.add(label.id);
      this.labels.push(label);
      this.changes++;
      if (label.source === 'bad-hit') this.urgent = true;
    }
    if (this.labels.length > MAX_LABELS + SLACK) this.forgetOldest();
  }

  state(maxErrorPerHit: number, now: number): ThresholdState {
    if (this.urgent) this.worked.clear();
    this.urgent = false;
    const known = this.worked.get(maxErrorPerHit);
    if (known && now < known.at + (known.changes === this.changes ? AGEING_MS : REFRESH_MS)) return known.state;
    const state = chooseThreshold(this.labels, maxErrorPerHit, now);
    if (!known && this.worked.size >= MAX_BUDGETS) this.worked.clear();
    this.worked.set(maxErrorPerHit, { state, changes: this.changes, at: now });
    return state;
  }

  /** What labels say about each threshold. */
  errors(maxErrorPerHit: number, now: number): ErrorPoint[] {
    return errorsOf(this.labels, maxErrorPerHit, now);
  }

  private forgetOldest(): void {
    this.labels.sort((a, b) => a.at - b.at);
    for (const { id } of this.labels.splice(0, this.labels.length - MAX_LABELS)) this.ids.delete(id);
  }
}
