import { Injectable } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import type { BatchListQuery, BatchObject, CreateBatch } from '@relay/contracts';
import { err, ok, RelayError, type Result } from '@relay/core';
import { pageOf, type Page } from '../files/files.service';
import { FileStore } from '../files/file-store';
import { BatchQueue } from './batch-queue';
import { BatchStore, type Orderer } from './batch-store';

type Found = Result<BatchObject, RelayError>;
/** `used-for-another`: the Idempotency-Key stands for another order. */
type Created = Result<BatchObject, RelayError | 'used-for-another'>;

/** Batches of tenants, as OpenAI's `/v1/batches` has them. */
@Injectable()
export class BatchesService {
  constructor(
    private readonly store: BatchStore,
    private readonly files: FileStore,
    private readonly queue: BatchQueue,
    private readonly config: ConfigStore,
  ) {}

  /**
   * What was ordered with the same Idempotency-Key is not ordered again. Errors: `not_found` (the input file), `invalid_request` (its
   * purpose), `conflict` (too many that have not ended), `body_too_large` (no room for what it will write).
   */
  async create(by: Orderer, order: CreateBatch): Promise<Created> {
    const before = await this.store.findOnce(by);
    if (before) return before.print === by.once?.print ? ok(before.batch) : err('used-for-another');
    const input = await this.files.find(order.input_file_id, by.tenantId);
    if (!input) return err(noSuchInput(order.input_file_id));
    if (input.purpose !== 'batch') return err(notForBatches(input.purpose));
    const { maxBytesPerTenant } = this.config.current.files;
    if ((await this.files.totalBytes(by.tenantId)) >= maxBytesPerTenant) return err(noRoom(maxBytesPerTenant));
    const { maxOpenPerTenant } = this.config.current.batches;
    const batch = await this.store.create(by, order, maxOpenPerTenant);
    const same = batch ? null : await this.store.findOnce(by); // by another request, at the same moment
    if (same) return same.print === by.once?.print ? ok(same.batch) : err('used-for-another');
    if (!batch) return err(tooManyOpen(maxOpenPerTenant));
    await this.queue.add(batch.id);
    return ok(batch);
  }

  async find(id: string, tenantId: string): Promise<Found> {
    const batch = await this.store.find(id, tenantId);
    return batch ? ok(batch) : err(noSuchBatch(id));
  }

  async list(tenantId: string, query: BatchListQuery): Promise<Page<BatchObject>> {
    return pageOf(await this.store.list(tenantId, query), query.limit);
  }

  /** Cancelling what is being cancelled changes nothing. Errors: `not_found`, `conflict` (it has ended, or is about to). */
  async cancel(id: string, tenantId: string): Promise<Found> {
    const cancelled = await this.store.cancel(id, tenantId);
    if (cancelled) await this.queue.add(id);
    const found = await this.find(id, tenantId);
    if (cancelled || !found.ok || found.value.status === 'cancelling') return found;
    return err(cannotCancel(found.value));
  }
}

const noSuchBatch = (id: string): RelayError =>
  new RelayError('not_found', `There is no batch "${id.slice(0, 64)}".`, { param: 'batch_id' });

const noSuchInput = (id: string): RelayError =>
  new RelayError('not_found', `There is no file "${id.slice(0, 64)}".`, { param: 'input_file_id' });

const notForBatches = (purpose: string): RelayError =>
  new RelayError('invalid_request', `The purpose of the input file is ${purpose}; allowed: batch.`, {
    param: 'input_file_id',
  });

/** Answers are kept whatever they take, as they were paid for; what is in the cache can be ordered for nothing, and without end. */
const noRoom = (maxBytes: number): RelayError =>
  new RelayError('body_too_large', `The files of the tenant have ${maxBytes} bytes or more; delete some.`, {
    param: 'input_file_id',
  });

const tooManyOpen = (most: number): RelayError =>
  new RelayError('conflict', `The tenant has ${most} batches that have not ended; wait for one, or cancel it.`);

const cannotCancel = ({ status }: BatchObject): RelayError =>
  new RelayError('conflict', `The batch is ${status}; only one that is validating or in progress can be cancelled.`);
