import { createHash } from 'node:crypto';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import {
  type ConfigConsumer,
  ConfigStore,
  type EmbedderConfig,
  ENVIRONMENT,
  type Environment,
  type RelayConfig,
} from '@relay/config';
import { CLOCK, type Clock } from '@relay/core';
import { LRUCache } from 'lru-cache';
import { createEmbedder } from './create-embedder';
import { RELAY_ITSELF, type Embedder, type EmbedderServer, type Vectors } from './embedder.port';
import { type EmbedderTrouble, GuardedEmbedder } from './guarded-embedder';
import { meanOf, piecesOf } from './passage';
import { onnxProblem, type OnnxPlaces } from './onnx/onnx.embedder';

/** Longer texts get no vector: no embedder reads so much at once, and a vector of the beginning says nothing of the end. In characters. */
const MAX_TEXT_CHARS = 16_000;
/** Texts of background work that are handed over at a time, so that others' find room. */
const BACKGROUND_BATCH = 8;
/** Vectors of long texts in memory: an answer is compared again and again. Of 512 numbers 1 MB, of 4,000 numbers 8 MB. */
const MAX_PASSAGES = 500;

export interface EmbeddingStats {
  /** Texts that requests asked for. */
  readonly calls: number;
  readonly cacheHits: number;
  /** Not there in time; what comes of them later is counted as well if it is no vector. */
  readonly timeouts: number;
  /** The embedder failed, is left alone for a moment because of it, or has too many texts in line. */
  readonly failures: number;
  /** Texts without a vector: empty, too long, or in a language that the embedder does not know. */
  readonly unfit: number;
  /** Texts that the embedder has now. */
  readonly queue: number;
}

/**
 * Vectors of texts, by the embedder of the configuration, which is started by the first text or `keepReady`. Vectors have length 1, are shared, and
 * must not be changed.
 */
@Injectable()
export class EmbeddingService implements ConfigConsumer, OnApplicationShutdown {
  readonly name = 'embedder';
  private readonly logger = new Logger(EmbeddingService.name);
  private readonly counts = { calls: 0, cacheHits: 0, timeouts: 0, failures: 0, unfit: 0 };
  private readonly places: OnnxPlaces;
  private config: EmbedderConfig;
  private inForce: GuardedEmbedder;
  private isKeptReady = false;
  private vectors: LRUCache<string, Float32Array>;
  private readonly passages = new LRUCache<string, Float32Array>({ max: MAX_PASSAGES });

  constructor(
    private readonly store: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ENVIRONMENT) environment: Pick<Environment, 'RELAY_DATA_DIR'>,
  ) {
    this.places = { baseDir: path.dirname(store.source), dataDir: environment.RELAY_DATA_DIR };
    this.config = store.current.embedder;
    this.inForce = this.build(this.config);
    this.vectors = new LRUCache({ max: this.config.cacheEntries });
    store.register(this);
  }

  /**
   * What the vectors are comparable with: `builtin/use-lite-512@0.2.0`. `null` before it is known, which is with the first vector at
   * the latest. Read right after `embed` settled it is the id of that vector.
   */
  get id(): string | null {
    return this.inForce.embedder.id;
  }

  /** Where texts go that are embedded from now on; `null`: they stay in this process. */
  get server(): EmbedderServer | null {
    return this.config.kind === 'openai' ? { region: this.config.region ?? null } : null;
  }

  /**
   * `null`: failed, too slow, too much in line, or nothing that the embedder can read; counted, never rejected. A vector that comes
   * too late is kept for the next time. `owner`: a tenant or sharing group, whose vectors are its own in memory: how quickly one is there would
   * tell others that the text was asked before. `timeoutMs`: default `embedder.timeoutMs`.
   */
  async embed(text: string, owner: string, timeoutMs = this.config.timeoutMs): Promise<Float32Array | null> {
    this.counts.calls += 1;
    if (!isFit(text)) return this.without('unfit');
    const known = this.lookUp(this.vectors, owner, text);
    if (known) return known;
    const { inForce } = this;
    const fetched = this.fetch(inForce, owner, text);
    const vector = await this.inTime(fetched, timeoutMs, () => inForce.tooSlow(timeoutMs));
    return inForce === this.inForce ? vector : null; // another embedder is in force by now
  }

  /** Has an embedder of this process started before somebody waits for it, and not ended when it is idle; one elsewhere is not asked. */
  keepReady(wanted: boolean): void {
    if (wanted === this.isKeptReady) return;
    this.isKeptReady = wanted;
    this.inForce.keepReady(wanted);
  }

  /** For background work: no deadline, not cached; requests go first. Rejects if the embedder fails, or on abort. */
  async embedAll(texts: readonly string[], signal?: AbortSignal): Promise<Vectors> {
    const { embedder } = this.inForce;
    const vectors: Vectors = [];
    for (let at = 0; at < texts.length; at += BACKGROUND_BATCH) {
      const slice = texts.slice(at, at + BACKGROUND_BATCH);
      const embedded = await embedder.embed(slice.filter(isFit), { signal, background: true });
      vectors.push(...slice.map((text) => (isFit(text) ? (embedded.shift() ?? null) : null)));
    }
    return vectors;
  }

  /**
   * One vector of a long text, for background work: the mean of its pieces, of which what cannot be read is passed over. To compare
   * answers by: texts that differ in a detail are all but the same. `null` as for `embed`; what is late is given up.
   */
  async embedPassage(text: string, timeoutMs = this.config.timeoutMs): Promise<Float32Array | null> {
    this.counts.calls += 1;
    const { inForce } = this;
    const pieces = piecesOf(text);
    const known = this.lookUp(this.passages, RELAY_ITSELF, pieces.join('\n'));
    if (known) return known;
    const late = new AbortController();
    const vector = await this.inTime(this.mean(inForce, pieces, late.signal), timeoutMs, () => late.abort());
    return inForce === this.inForce ? vector : null;
  }

  stats(): EmbeddingStats {
    return { ...this.counts, queue: this.inForce.embedder.waiting };
  }

  prepare({ embedder: next }: RelayConfig): ReturnType<ConfigConsumer['prepare']> {
    const problem = next.kind === 'onnx' ? onnxProblem(next, this.places) : null;
    return {
      problems: problem ? [{ file: this.store.source, ...problem }] : [],
      apply: () => this.apply(next),
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.inForce.close();
  }

  private apply(next: EmbedderConfig): void {
    if (isDeepStrictEqual(next, this.config)) return;
    const before = this.config;
    this.config = next;
    if (next.cacheEntries !== before.cacheEntries) this.vectors = copyOf(this.vectors, next.cacheEntries);
    if (isDeepStrictEqual(withoutLimits(next), withoutLimits(before))) return;
    const old = this.inForce;
    this.inForce = this.build(next);
    if (this.isKeptReady) this.inForce.keepReady(true);
    old.close().catch((error: unknown) => this.logger.warn(`The embedder of before did not close: ${String(error)}`));
  }

  private build(config: EmbedderConfig): GuardedEmbedder {
    const embedder = createEmbedder(config, this.places, this.clock);
    return new GuardedEmbedder(embedder, this.clock, (trouble, error) => this.tell(embedder, trouble, error));
  }

  private tell({ waiting }: Embedder, trouble: EmbedderTrouble, error: unknown): void {
    switch (trouble) {
      case 'starting':
        return this.logger.log('The embedder is starting; similar prompts are not found meanwhile');
      case 'overloaded':
        return this.logger.warn(
          `The embedder is overloaded: ${waiting} texts wait for it; some prompts are not compared with similar ones: ${String(error)}`,
        );
      case 'failing':
        return this.logger.warn(`The embedder fails; similar prompts are not found meanwhile: ${String(error)}`);
    }
    trouble satisfies never;
  }

  private lookUp(vectors: LRUCache<string, Float32Array>, owner: string, text: string): Float32Array | undefined {
    const { id } = this;
    const known = id === null ? undefined : vectors.get(cacheKey(id, owner, text));
    if (known) this.counts.cacheHits += 1;
    return known;
  }

  private async fetch(guarded: GuardedEmbedder, owner: string, text: string): Promise<Float32Array | null> {
    try {
      const vector = await guarded.embed(text, owner);
      if (vector === null) return this.without('unfit');
      const { id } = guarded.embedder;
      if (id !== null) this.vectors.set(cacheKey(id, owner, text), vector);
      return vector;
    } catch {
      return this.without('failures');
    }
  }

  private async mean(
    { embedder }: GuardedEmbedder,
    pieces: readonly string[],
    signal: AbortSignal,
  ): Promise<Float32Array | null> {
    try {
      const vectors = pieces.length === 0 ? [] : await embedder.embed(pieces, { signal, gist: true, background: true });
      const mean = meanOf(pieces, vectors);
      if (mean === null) return this.without('unfit');
      const { id } = embedder;
      if (id !== null) this.passages.set(cacheKey(id, RELAY_ITSELF, pieces.join('\n')), mean);
      return mean;
    } catch {
      return this.without('failures');
    }
  }

  private inTime(
    vector: Promise<Float32Array | null>,
    timeoutMs: number,
    tooSlow: () => void = () => undefined,
  ): Promise<Float32Array | null> {
    return new Promise((resolve) => {
      const cancel = this.clock.after(timeoutMs, () => {
        tooSlow();
        resolve(this.without('timeouts'));
      });
      void vector.then((value) => {
        cancel();
        resolve(value);
      });
    });
  }

  private without(why: 'timeouts' | 'failures' | 'unfit'): null {
    this.counts[why] += 1;
    return null;
  }
}

function isFit(text: string): boolean {
  return text.length <= MAX_TEXT_CHARS && text.trim() !== '';
}

function cacheKey(embedderId: string, owner: string, text: string): string {
  return `${embedderId} ${createHash('sha256').update(`${owner}\n${text}`).digest('base64')}`;
}

function withoutLimits({ timeoutMs: _timeoutMs, cacheEntries: _cacheEntries, ...rest }: EmbedderConfig): object {
  return rest;
}

/** The most recently used of the vectors. */
function copyOf(old: LRUCache<string, Float32Array>, max: number): LRUCache<string, Float32Array> {
  const copy = new LRUCache<string, Float32Array>({ max });
  for (const [key, vector] of [...old.entries()].reverse()) copy.set(key, vector);
  return copy;
}
