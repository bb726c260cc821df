import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { newTraceId, storable } from '@relay/core';
import { DataSource } from 'typeorm';
import { afterDeadlocks } from '@relay/database';
import type { LineRef } from '../batches/line-store';
import { Seal } from '../seal';
import {
  bodyPlace,
  type ProviderBatch,
  type ProviderBatchPhase,
  type ProviderBatchRow,
  resultPlace,
  toProviderBatch,
  type UpstreamBatch,
} from './offload-rows';
import * as statements from './provider-batch-statements';

/** Lines that were gathered last may have others behind them for so long, and the first one waits for others so long at most; ms. */
const GATHER_MS = 2_000;
const MAX_GATHER_MS = 60_000;

export interface LineToHandIn extends LineRef {
  readonly body: Buffer;
}

/**
 * The table `provider_batches`: what is to be told a provider stands here first. Whoever gets one holds it, and says so in each statement:
 * those of somebody who has lost it change nothing, and give false.
 */
@Injectable()
export class ProviderBatchStore {
  private readonly logger = new Logger(ProviderBatchStore.name);

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly seal: Seal,
  ) {}

  /** Makes one batch for a provider of what was gathered, if it is time; `now`: ms since the epoch. False: there is none to make. */
  async bundle(batchId: string, id: string, now: number): Promise<boolean> {
    const gathered: unknown[] = await this.dataSource.query(statements.IS_GATHERED, [batchId]);
    if (gathered.length === 0) return false;
    const before = [new Date(now - GATHER_MS), new Date(now - MAX_GATHER_MS)];
    return this.dataSource.transaction(async (transaction) => {
      const going: unknown[] = await transaction.query(statements.LOCK_BATCH, [batchId]);
      if (going.length === 0) return false;
      const [, taken]: [unknown, number] = await transaction.query(statements.BUNDLE, [batchId, id, ...before]);
      return taken > 0;
    });
  }

  /** One of a batch that goes on, to be looked after now. Null: there is none. */
  next(batchId: string): Promise<ProviderBatch | null> {
    return this.held(statements.NEXT, [batchId]);
  }

  /** One of a batch that was cancelled, which its provider is to stop, and to tell what it has answered. Null: there is none now. */
  nextToStop(batchId: string): Promise<ProviderBatch | null> {
    return this.held(statements.NEXT_TO_STOP, [batchId]);
  }

  /** Whether providers have lines of it still. */
  async isStopping(batchId: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(statements.STOPPING, [batchId]);
    return rows.length > 0;
  }

  /** One that its provider is to stop and to forget, of this batch or of any. Null: there is none. */
  nextOwed(batchId: string | null): Promise<ProviderBatch | null> {
    return this.held(statements.NEXT_OWED, [batchId]);
  }

  /** Keeps it for a while. False: somebody else has it, or its batch does not go on. */
  hold(one: ProviderBatch): Promise<boolean> {
    return this.change(statements.HOLD, [one.id, one.holder]);
  }

  /** Lets it go as it is. */
  release(one: ProviderBatch): Promise<boolean> {
    return this.change(statements.RELEASE, [one.id, one.holder]);
  }

  /** What the provider keeps for it from now on. */
  uploaded(one: ProviderBatch, files: readonly string[], protocol: string): Promise<boolean> {
    return this.change(statements.UPLOADED, [one.id, one.holder, JSON.stringify(files), protocol]);
  }

  /** Before the provider is told. */
  submitting(one: ProviderBatch, protocol: string): Promise<boolean> {
    return this.change(statements.SUBMITTING, [one.id, one.holder, protocol]);
  }

  /** Lets it go, to be looked at again after so long. */
  wait(
    one: ProviderBatch,
    phase: ProviderBatchPhase,
    afterMs: number,
    upstream: UpstreamBatch | null,
  ): Promise<boolean> {
    const stored = upstream && JSON.stringify(upstream);
    return this.change(statements.WAIT, [one.id, one.holder, phase, afterMs, stored]);
  }

  /** What a provider is to be asked, in the order of the input; lines that are answered are left out. */
  async lines({ id, batchId }: ProviderBatch): Promise<LineToHandIn[]> {
    const rows: { index: number; body: Uint8Array }[] = await this.dataSource.query(statements.LINES, [id]);
    return rows.flatMap(({ index, body }) => {
      try {
        return [{ batchId, index, body: this.seal.open(body, bodyPlace(batchId, index)) }];
      } catch (error) {
        this.logger.error(String(error)); // it comes back with those that were not answered
        return [];
      }
    });
  }

  /** Answers of a provider, which are here `now`, ms since the epoch; those that are there already stay. Their lines are handed out again. */
  async keep(
    { id, batchId, holder }: ProviderBatch,
    results: readonly { readonly index: number; readonly status: number; readonly body: Buffer }[],
    now: number,
  ): Promise<void> {
    const parameters = [
      ...[batchId, id, holder, results.map(({ index }) => index), results.map(({ status }) => status)],
      results.map(({ index, body }) => this.seal.close(body, resultPlace(batchId, index))),
      ...[results.map(() => newTraceId(now)), new Date(now)],
    ];
    await afterDeadlocks(() => this.dataSource.query(statements.KEEP, parameters));
  }

  /** Nothing more comes of it: what was not answered is asked as any other line, and its provider is owed an end. Lets it go. */
  async giveBack({ id, batchId, holder }: ProviderBatch, reason: string, unsure = false): Promise<boolean> {
    const parameters = [batchId, id, holder, storable(reason), unsure];
    const rows: unknown[] = await afterDeadlocks(() => this.dataSource.query(statements.GIVE_BACK, parameters));
    return rows.length > 0;
  }

  /** Nothing of it is left to be done. */
  done(one: ProviderBatch): Promise<boolean> {
    return this.change(statements.DONE, [one.id, one.holder]);
  }

  /** The batch does not go on: its providers are owed an end, whoever looks after them. */
  async disown(batchId: string): Promise<void> {
    await afterDeadlocks(() => this.dataSource.query(statements.DISOWN, [batchId]));
  }

  /** What a provider was given by somebody who had lost the batch meanwhile: it is owed an end by itself. */
  async strand(
    { batchId, provider, model }: ProviderBatch,
    left: { readonly upstream: UpstreamBatch | null; readonly files: readonly string[]; readonly protocol: string },
  ): Promise<void> {
    const { upstream, files, protocol } = left;
    await this.dataSource.query(statements.STRAND, [
      ...[randomUUID(), batchId, provider, model, protocol],
      ...[upstream && JSON.stringify(upstream), JSON.stringify(files)],
    ]);
  }

  private async held(statement: string, parameters: unknown[]): Promise<ProviderBatch | null> {
    const all = [...parameters, randomUUID()];
    const [rows]: [ProviderBatchRow[], number] = await this.dataSource.query(statement, all);
    return rows[0] ? toProviderBatch(rows[0]) : null;
  }

  private async change(statement: string, parameters: unknown[]): Promise<boolean> {
    const [, changed]: [unknown, number] = await this.dataSource.query(statement, parameters);
    return changed > 0;
  }
}
