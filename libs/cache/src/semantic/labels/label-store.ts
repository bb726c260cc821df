import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Label } from '../../domain/semantic/semantic-model';
import {
  CLASSES_SQL,
  LABELS_OF_CLASS_SQL,
  LABELS_SINCE_SQL,
  REMOVE_OLD_SQL,
  REMOVE_SURPLUS_SQL,
  SAVE_LABELS_SQL,
} from './labels.sql';

/** Labels that one statement removes: some 10 ms. */
const BATCH = 5_000;
/** Labels of each kind that one round of removing takes; what is left waits for the next. */
const MOST_OF_A_ROUND = 500_000;

/** A label with its id, a UUID: the same one may be read twice. */
export interface KeptLabel extends Label {
  readonly id: string;
}

/** Labels are pooled by both: similarities of different embedders cannot be compared. */
export interface ClassName {
  readonly evidence: string;
  readonly embedderId: string;
}

export interface StoredLabel extends KeptLabel, ClassName {
  readonly entryId: string;
}

/** The table `semantic_labels`. Every method rejects when the database is away. */
@Injectable()
export class LabelStore {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** One statement; labels that are there already stay as they are. */
  async save(labels: readonly StoredLabel[], writer: string): Promise<void> {
    const column = <T>(of: (label: StoredLabel) => T): T[] => labels.map(of);
    await this.dataSource.query(SAVE_LABELS_SQL, [
      column(({ id }) => id),
      column(({ evidence }) => evidence),
      column(({ embedderId }) => embedderId),
      column(({ similarity }) => similarity),
      column(({ correct }) => correct),
      column(({ weight }) => weight),
      column(({ source }) => source),
      column(({ entryId }) => entryId),
      column(({ at }) => new Date(at)),
      writer,
    ]);
  }

  /** The newest labels of a class, oldest first. */
  labelsOf({ evidence, embedderId }: ClassName, limit: number): Promise<KeptLabel[]> {
    return this.dataSource.query(LABELS_OF_CLASS_SQL, [evidence, embedderId, limit]);
  }

  /** What other writers stored after `since`, in the order of storing, and the database's time of this reading; null since: nothing but the time. */
  async storedSince(
    since: Date | null,
    writer: string,
    limit: number,
  ): Promise<{ readAt: Date; labels: readonly StoredLabel[] }> {
    const [row] = await this.dataSource.query<{ readAt: Date }[]>('SELECT clock_timestamp() AS "readAt"');
    const readAt = row?.readAt ?? new Date(0);
    if (since === null) return { readAt, labels: [] };
    const labels = await this.dataSource.query<(StoredLabel & { storedAt: Date })[]>(LABELS_SINCE_SQL, [
      since,
      writer,
      limit,
    ]);
    const last = labels.length === limit ? labels.at(-1) : undefined;
    return { readAt: last?.storedAt ?? readAt, labels };
  }

  /** Classes with labels, those with the latest label first. `owner`: of one tenant or sharing group. */
  classes(owner: string | undefined, limit: number): Promise<ClassName[]> {
    return this.dataSource.query(CLASSES_SQL, [...evidenceOf(owner), limit]);
  }

  /** Removes labels that were given before `time`, ms since the epoch; gives their number. */
  async removeBefore(time: number): Promise<number> {
    return this.removeInBatches(REMOVE_OLD_SQL, new Date(time));
  }

  /** Removes what is beyond the `kept` newest of a class that has grown; gives the number. */
  async removeSurplus(kept: number): Promise<number> {
    return this.removeInBatches(REMOVE_SURPLUS_SQL, kept);
  }

  private async removeInBatches(sql: string, value: unknown): Promise<number> {
    let removed = 0;
    while (removed < MOST_OF_A_ROUND) {
      const [, count]: [unknown, number] = await this.dataSource.query(sql, [value, BATCH]);
      removed += count;
      if (count < BATCH) break;
    }
    return removed;
  }
}

/** From and up to where evidence lies, in the order of UTF-8 bytes. That of a scope is a JSON list that begins with its owner. */
function evidenceOf(owner: string | undefined): [from: string, before: string] {
  if (owner === undefined) return ['', '\u{10FFFF}'];
  const named = JSON.stringify([owner]).slice(0, -1);
  return [`${named},`, `${named}-`]; // the next sign after a comma
}
