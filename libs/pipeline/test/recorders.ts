import { OPERATIONS } from '@relay/contracts';
import type { PlanDocument } from '@relay/contracts';
import {
  SketchBook,
  type AdmissionRequest,
  type Outlook,
  type PoolSnapshot,
  type Prediction,
  type ServiceQuestion,
  type ServiceSample,
  type Slot,
} from '@relay/scheduler';
import { err, ok, RelayError, type Result } from '@relay/core';
import type { UpstreamClient, UpstreamObserver, UpstreamOutcome, UpstreamRequest } from '@relay/providers';
import type { RecordOptions, TracePayload, TraceRecord } from '@relay/trace';
import type { Reply } from '../src/exchange';

/** What happened to one exchange that can be seen from outside, in its order. */
export type Journal = string[];

/** The client's side: keeps what it was sent. */
export class RecordingReply implements Reply {
  started = false;
  status = 0;
  headers: Record<string, string> = {};
  readonly chunks: Buffer[] = [];

  constructor(private readonly journal: Journal) {}

  get text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }

  get json(): Record<string, unknown> {
    return JSON.parse(this.text) as Record<string, unknown>;
  }

  send(status: number, headers: string[], body: Buffer): void {
    this.head(status, headers);
    this.chunks.push(body);
    this.journal.push('last byte');
  }

  startStream(headers: string[]): void {
    this.head(200, headers);
  }

  write(frames: Buffer): boolean {
    this.chunks.push(frames);
    this.journal.push('frames');
    return true;
  }

  end(tail: Buffer): void {
    this.chunks.push(tail);
    this.journal.push('last byte');
  }

  abandon(): void {
    this.journal.push('abandoned');
  }

  private head(status: number, headers: string[]): void {
    if (this.started) throw new Error('the head was sent twice');
    this.started = true;
    this.status = status;
    for (let i = 0; i < headers.length; i += 2) this.headers[headers[i] ?? ''] = headers[i + 1] ?? '';
  }
}

/** Stands in for the trace recorder. */
export class RecordingRecorder {
  readonly records: TraceRecord[] = [];
  readonly payloads: (TracePayload | null)[] = [];
  readonly options: (RecordOptions | undefined)[] = [];

  constructor(private readonly journal: Journal) {}

  record(record: TraceRecord, _plan: PlanDocument | null, payload: TracePayload | null, options?: RecordOptions): void {
    this.records.push(record);
    this.options.push(options);
    this.payloads.push(payload);
    this.journal.push('record');
  }
}

/** Stands in for the ledger of feedback. */
export class RecordingLedger {
  readonly signals: { tenant: string; task: string | null; model: string; share: number }[] = [];

  signal(tenant: string, task: string | null, model: string, share: number): void {
    this.signals.push({ tenant, task, model, share });
  }
}

/** What is predicted from the calls of this test, without a database. */
export class RecordingPredictions {
  readonly observed: { question: ServiceQuestion; sample: ServiceSample; predicted: Prediction }[] = [];
  private readonly book = new SketchBook();
  private now = 0;

  predict(question: ServiceQuestion): Prediction {
    return this.book.predict(question, this.now);
  }

  observe(question: ServiceQuestion, sample: ServiceSample, predicted: Prediction): void {
    this.observed.push({ question, sample, predicted });
    this.book.observe(question, sample, (this.now += 1_000));
  }
}

/** Pools of slots that a test fills, empties and overloads. Unknown pools have one slot. */
export class FakeScheduler {
  readonly free = new Map<string, number>();
  readonly overloaded = new Set<string>();
  readonly held = new Set<string>(); // models
  /** Expected waits, ms. */
  readonly waits = new Map<string, number>();
  readonly asked: string[] = [];
  lastAsked: AdmissionRequest | null = null;
  readonly releases: { pool: string; cost: number | undefined }[] = [];
  private readonly waiting: (() => void)[] = [];

  tryAcquire(request: AdmissionRequest): Slot | null {
    const { poolId } = request;
    this.asked.push(poolId);
    this.lastAsked = request;
    const free = this.free.get(poolId) ?? 1;
    if (this.overloaded.has(poolId) || free === 0) return null;
    this.free.set(poolId, free - 1);
    return this.slot(poolId);
  }

  admit({ poolId }: AdmissionRequest): Promise<Result<Slot, RelayError>> {
    if (this.overloaded.has(poolId)) {
      return Promise.resolve(err(new RelayError('overloaded', `${poolId} is full.`, { retryAfterSeconds: 2 })));
    }
    return new Promise((resolve) => this.waiting.push(() => resolve(ok(this.slot(poolId)))));
  }

  outlook({ poolId }: Pick<AdmissionRequest, 'poolId'>): Outlook {
    return { waitMs: this.waits.get(poolId) ?? 0 };
  }

  snapshot(): Pick<PoolSnapshot, 'id'>[] {
    return [...this.waits.keys()].map((id) => ({ id }));
  }

  isHeld({ model }: AdmissionRequest): boolean {
    return model !== undefined && this.held.has(model);
  }

  get waitingCount(): number {
    return this.waiting.length;
  }

  /** Gives the next in line a slot. */
  grant(): void {
    this.waiting.shift()?.();
  }

  private slot(pool: string): Slot {
    let held = true;
    return {
      queue: 'none',
      queuedMs: 0,
      since: 0,
      heard: () => undefined,
      release: (report) => {
        if (!held) throw new Error(`a slot of ${pool} was given back twice`);
        held = false;
        this.free.set(pool, (this.free.get(pool) ?? 0) + 1);
        this.releases.push({ pool, cost: report?.cost });
      },
    };
  }
}

export type Script = (request: UpstreamRequest, observer: UpstreamObserver) => Promise<UpstreamOutcome>;

/** An upstream that does what the test says, call by call; the last line of the script repeats. */
export class ScriptedClient implements UpstreamClient {
  readonly kind = 'simulator';
  readonly operations = new Set(OPERATIONS);
  readonly calls: UpstreamRequest[] = [];

  constructor(
    readonly providerId: string,
    private readonly scripts: readonly Script[],
  ) {}

  call(request: UpstreamRequest, observer: UpstreamObserver): Promise<UpstreamOutcome> {
    this.calls.push(request);
    const script = this.scripts[Math.min(this.calls.length, this.scripts.length) - 1];
    if (!script) throw new Error(`${this.providerId} was not to be called`);
    return script(request, observer);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Stands in for the registry of providers: its clients may come and go. */
export class FakeProviders {
  readonly clients = new Map<string, UpstreamClient>();

  client(id: string): UpstreamClient | undefined {
    return this.clients.get(id);
  }

  /** Puts a scripted client in service. */
  script(id: string, ...scripts: Script[]): ScriptedClient {
    const client = new ScriptedClient(id, scripts);
    this.clients.set(id, client);
    return client;
  }
}
