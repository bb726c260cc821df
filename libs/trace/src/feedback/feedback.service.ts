import { Inject, Injectable, Logger } from '@nestjs/common';
import type { FeedbackRequest } from '@relay/contracts';
import {
  CLOCK,
  err,
  newTraceId,
  ok,
  RelayError,
  storable,
  type Clock,
  type Principal,
  type Result,
  within,
} from '@relay/core';
import type { FinishedRequest } from '../domain/trace-record';
import { FeedbackLedger } from './feedback-ledger';
import { FeedbackStore, type Alongside, type FeedbackSource } from './feedback-store';
import { FinishedRequests } from './finished-requests';

/** The reply to `POST /v1/feedback`. */
export interface FeedbackReceipt {
  readonly id: string;
  readonly trace_id: string;
  readonly score: number;
}

/** Who says something of an answer, in the name of one tenant. */
export interface Judge {
  readonly keyId: string; // has one say on an answer: the API key, or `console:` and the e-mail address of a user of the console
  readonly tenantId: string;
  readonly source: FeedbackSource;
  /** Told in the same transaction as what is said. */
  readonly alongside?: Alongside;
}

/** What a request was served from. */
export interface CacheHit {
  readonly entryId: string;
  readonly similarity: number | null; // of a semantic hit
}

const RETRY_AFTER_SECONDS = 5;
/** A database that takes longer counts as away: an app should not wait for long to say what it thinks. */
const STORE_TIMEOUT_MS = 5_000;

/** Takes what apps say of answers: stored before it is acknowledged, and counted at once. */
@Injectable()
export class FeedbackService {
  private readonly logger = new Logger(FeedbackService.name);

  constructor(
    private readonly finished: FinishedRequests,
    private readonly store: FeedbackStore,
    private readonly ledger: FeedbackLedger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `not_found` for a trace that is not of the caller's tenant, in the same words as for none; `unavailable` without a database. */
  submit({ keyId, tenant }: Principal, feedback: FeedbackRequest): Promise<Result<FeedbackReceipt, RelayError>> {
    return this.judge({ keyId, tenantId: tenant.id, source: 'app' }, feedback);
  }

  /** As `submit`, for whoever may speak for the tenant. */
  async judge(judge: Judge, feedback: FeedbackRequest): Promise<Result<FeedbackReceipt, RelayError>> {
    const traceId = feedback.trace_id.toLowerCase();
    try {
      const kept = this.keep(judge, { ...feedback, trace_id: traceId });
      if (!(await within(this.clock, STORE_TIMEOUT_MS, kept))) return err(notStored(new Error('timed out')));
      const receipt = await kept;
      return receipt === null ? err(unknownTrace()) : ok(receipt);
    } catch (error) {
      this.logger.warn(`Feedback could not be stored: ${String(error)}`);
      return err(notStored(error));
    }
  }

  /**
   * The entry that the request of a trace was served from. `not_found` as for `submit`; `invalid_request` for a request that was served
   * from none; `unavailable` without a database.
   */
  async hitOf({ tenant }: Principal, traceId: string): Promise<Result<CacheHit, RelayError>> {
    try {
      const looking = this.requestOf(traceId.toLowerCase(), tenant.id);
      if (!(await within(this.clock, STORE_TIMEOUT_MS, looking))) return err(notStored(new Error('timed out')));
      const request = await looking;
      if (request === null) return err(unknownTrace());
      const { cacheEntry: entryId, similarity } = request;
      return entryId === null ? err(noHit()) : ok({ entryId, similarity });
    } catch (error) {
      return err(notStored(error));
    }
  }

  private async requestOf(traceId: string, tenantId: string): Promise<FinishedRequest | null> {
    const request = this.finished.find(traceId) ?? (await this.store.findRequest(traceId));
    return request?.tenant === tenantId ? request : null;
  }

  /**
   * `null` if the tenant has no such trace. An answer from the cache is judged as that of the request that produced it: it is one
   * answer, and its key has one say on it, however often it is served. What an app says is said by its user, if it named one.
   */
  private async keep(judge: Judge, feedback: FeedbackRequest): Promise<FeedbackReceipt | null> {
    const { keyId, tenantId, source, alongside } = judge;
    const { trace_id: traceId, score, comment = null } = feedback;
    const request = await this.requestOf(traceId, tenantId);
    if (request === null) return null;
    const at = this.clock.now();
    const user = source === 'app' ? request.user && storable(request.user) : null;
    const said = { ...request, traceId: request.source ?? traceId, user, id: newTraceId(at), at, keyId, score };
    const entry = { ...said, comment: comment && storable(comment), from: source };
    const { id, earlier } = await this.store.save(entry, alongside);
    this.ledger.verdict(said, earlier);
    return { id, trace_id: traceId, score };
  }
}

const unknownTrace = (): RelayError =>
  new RelayError('not_found', "There is no trace with this id among those of the key's tenant.", { param: 'trace_id' });

const noHit = (): RelayError =>
  new RelayError(
    'invalid_request',
    'bad_hit: the request of this trace was not answered from the cache; allowed: feedback on a hit, or feedback without bad_hit',
    { param: 'bad_hit' },
  );

const notStored = (cause: unknown): RelayError =>
  new RelayError(
    'unavailable',
    'Feedback cannot be stored at the moment. Send this again: it takes the place of one that was kept after all.',
    {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      cause,
    },
  );
