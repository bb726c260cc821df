import { Histogram } from '../stats/histogram';
import type { Connection } from './connection';
import type { LoadResult, Sample } from './protocol';

/** Distinct error and cache texts that are told apart; the rest is counted as `other`. */
const MAX_KINDS = 32;
/** Requests that are told one by one; 100 MB. */
const MAX_SAMPLES = 1_000_000;

/** Gathers what became of the requests of one measurement. */
export class Recorder {
  private readonly latency = new Histogram();
  private readonly firstByte = new Histogram();
  private readonly lateness = new Histogram();
  private readonly errors = new Map<string, number>();
  private readonly cacheResults = new Map<string, number>();
  private readonly samples: Sample[] = [];
  /** From this process's clock to the machine's, ms. */
  private readonly clockOffset = Number(process.hrtime.bigint()) / 1e6 - performance.now();
  private sent = 0;
  private inWindow = 0;
  private events = 0;

  constructor(
    private readonly startedAt: number,
    private readonly endsAt: number,
    private readonly stream: boolean,
    private readonly keepSamples = false,
  ) {}

  started(): void {
    this.sent++;
  }

  /** The generator itself looked at its schedule this much later than it should have. */
  late(ms: number): void {
    this.lateness.record(ms);
  }

  finished(connection: Connection, at: number): void {
    const { reply, startedAt } = connection;
    if (this.keepSamples && this.samples.length < MAX_SAMPLES) this.samples.push(this.sampleOf(connection, at));
    if (reply.error !== null) {
      count(this.errors, reply.error);
      return;
    }
    if (at <= this.endsAt) this.inWindow++;
    this.latency.record(at - startedAt);
    this.firstByte.record(reply.firstByteAt - startedAt);
    this.events += reply.events;
    if (reply.cacheResult !== null) count(this.cacheResults, reply.cacheResult);
  }

  result(generatorCpuShare: number): LoadResult {
    const latencyMs = this.latency.summary();
    return {
      requests: this.sent,
      requestsPerSecond: (this.inWindow / (this.endsAt - this.startedAt)) * 1_000,
      errors: Object.fromEntries(this.errors),
      latencyMs,
      firstByteMs: this.firstByte.summary(),
      latenessMs: this.lateness.summary(),
      cacheResults: Object.fromEntries(this.cacheResults),
      eventsPerReply: this.stream && latencyMs.count > 0 ? this.events / latencyMs.count : null,
      samples: this.samples,
      generatorCpuShare,
    };
  }

  private sampleOf({ reply, startedAt }: Connection, at: number): Sample {
    const { status, queueMs, retryAfterS, error } = reply;
    return { startMs: startedAt + this.clockOffset, tookMs: at - startedAt, status, queueMs, retryAfterS, error };
  }
}

function count(counts: Map<string, number>, kind: string): void {
  const key = counts.has(kind) || counts.size < MAX_KINDS ? kind : 'other';
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
