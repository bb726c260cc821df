import type { CachedAnswer } from './cached-answer';
import { condenseMarks } from './condense-marks';
import { hasLabels } from './labels';
import type { Mark } from './mark';

/** Most marks that are kept; 200 bytes each, so some 2 MB. */
export const MAX_MARKS = 10_000;
/** What is left of them when there are more. */
export const CONDENSED_TO = 0.75;

const TENANT = 'tenant:';
const OWNER = 'owner:'; // a group's
const tenantLabel = (id: string): string => TENANT + id;

/** Rare kinds first: a mark is looked for under its rarest label only, so that few share one. */
const KINDS_BY_RARITY = ['key:', 'entry:', 'tag:', 'version:', 'model:', 'owner:', 'tenant:'];

/**
 * The invalidations that are known. Bounded: when full, some are merged, see `condenseMarks`. More is void then than was asked for,
 * never less.
 *
 *     byLabel   'tag:x'       -> [{ labels: ['tag:x'], epoch }, { labels: ['tag:x', 'tenant:acme'], epoch }]
 *               'tenant:acme' -> [{ labels: ['tenant:acme'], epoch }]
 */
export class MarkSet {
  private readonly epochs = new Map<string, Mark>(); // by the JSON text of the labels
  private readonly byLabel = new Map<string, Mark[]>();
  private everythingBefore = 0;
  private newest = 0;
  private newestOfAll = 0; // of those that name neither a tenant nor a group
  private readonly newestOf = new Map<string, number>(); // by the label of the tenant; tenants are few

  constructor(private readonly maxMarks = MAX_MARKS) {}

  /** The newest epoch that is known, 0 before the first mark. */
  get epoch(): number {
    return this.newest;
  }

  get size(): number {
    return this.epochs.size + (this.everythingBefore > 0 ? 1 : 0);
  }

  /** A mark on the same labels replaces an older one; an older one changes nothing. */
  add(mark: Mark): void {
    this.newest = Math.max(this.newest, mark.epoch);
    this.noteNewest(mark);
    if (mark.epoch <= this.everythingBefore) return;
    if (mark.labels.length === 0) return this.markEverything(mark.epoch);
    const id = JSON.stringify(mark.labels);
    const known = this.epochs.get(id);
    if (known && known.epoch >= mark.epoch) return;
    if (known) this.unlist(known);
    this.epochs.set(id, mark);
    this.list(mark);
    if (this.epochs.size > this.maxMarks) this.condense();
  }

  *all(): Generator<Mark, void> {
    if (this.everythingBefore > 0) yield { labels: [], epoch: this.everythingBefore };
    yield* this.epochs.values();
  }

  /** Whether what the mark voids is void without it, too. */
  covers({ labels, epoch }: Mark): boolean {
    return this.voids({ labels, epoch: epoch - 1 });
  }

  /** The newest of those that may void answers that a tenant shares with nobody. */
  epochOf(tenantId: string): number {
    return Math.max(this.newestOfAll, this.newestOf.get(tenantLabel(tenantId)) ?? 0);
  }

  voids(answer: Pick<CachedAnswer, 'epoch' | 'labels'>): boolean {
    if (answer.epoch >= this.newest) return false;
    if (answer.epoch < this.everythingBefore) return true;
    for (const label of answer.labels) {
      const marks = this.byLabel.get(label);
      if (marks?.some(({ epoch, labels }) => epoch > answer.epoch && hasLabels(answer.labels, labels))) return true;
    }
    return false;
  }

  private noteNewest({ labels, epoch }: Mark): void {
    const tenant = labels.find((label) => label.startsWith(TENANT));
    if (tenant !== undefined) this.newestOf.set(tenant, Math.max(epoch, this.newestOf.get(tenant) ?? 0));
    else if (!labels.some((label) => label.startsWith(OWNER))) this.newestOfAll = Math.max(epoch, this.newestOfAll);
  }

  private markEverything(epoch: number): void {
    this.everythingBefore = epoch;
    for (const [id, mark] of this.epochs) {
      if (mark.epoch > epoch) continue;
      this.epochs.delete(id);
      this.unlist(mark);
    }
  }

  private condense(): void {
    const marks = condenseMarks([...this.epochs.values()], Math.floor(this.maxMarks * CONDENSED_TO));
    this.epochs.clear();
    this.byLabel.clear();
    for (const mark of marks) this.add(mark);
  }

  private list(mark: Mark): void {
    const label = rarest(mark.labels);
    const listed = this.byLabel.get(label);
    if (listed) listed.push(mark);
    else this.byLabel.set(label, [mark]);
  }

  private unlist(mark: Mark): void {
    const label = rarest(mark.labels);
    const left = (this.byLabel.get(label) ?? []).filter((other) => other !== mark);
    if (left.length > 0) this.byLabel.set(label, left);
    else this.byLabel.delete(label);
  }
}

function rarest(labels: readonly string[]): string {
  for (const kind of KINDS_BY_RARITY) {
    const label = labels.find((candidate) => candidate.startsWith(kind));
    if (label !== undefined) return label;
  }
  return labels[0] ?? '';
}
