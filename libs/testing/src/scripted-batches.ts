import type { RecordedRequest } from './scripted-upstream';
import { errorReply, jsonReply, rawReply, type UpstreamScript } from './upstream-script';

/** A line as it was handed in. */
export interface ScriptedLine {
  readonly id: string;
  readonly body: Record<string, unknown>;
}

/** What becomes of a line: an answer, a refusal, bytes that are no JSON, or nothing at all (it was not answered). */
export type ScriptedResult = { readonly status: number; readonly body: unknown } | string | null;

const JSONL = 'application/x-ndjson';
const ENDED = ['completed', 'failed', 'expired', 'cancelled', 'ended'];

/** One batch that was handed to the scripted provider. */
export class ScriptedBatch {
  status = 'in_progress';
  cancelled = false;
  removed = false;
  files: string[] = [];

  constructor(
    readonly id: string,
    readonly lines: readonly ScriptedLine[],
    readonly metadata: unknown,
  ) {}
}

/**
 * A provider with batches of its own, as OpenAI or as Anthropic has them: a handler for `ScriptedUpstream`. Nothing is answered before the
 * test says `end`. What asks for something else than files and batches goes to `otherwise`.
 */
export class ScriptedBatches {
  readonly batches: ScriptedBatch[] = [];
  readonly files = new Map<string, Buffer>();
  private readonly waiting: { count: number; resolve: () => void }[] = [];
  private made = 0;

  constructor(
    private readonly protocol: 'openai' | 'anthropic',
    private readonly otherwise: (request: RecordedRequest) => UpstreamScript = () => errorReply(404, 'no such thing'),
  ) {}

  readonly handle = (request: RecordedRequest): UpstreamScript => {
    const [path = ''] = request.path.replace(/^\/v1/, '').split('?');
    const route = `${request.method} ${path}`;
    const reply = this.protocol === 'openai' ? this.asOpenai(route, request) : this.asAnthropic(route, request);
    return reply ?? this.otherwise(request);
  };

  /** Resolves when so many batches were handed in. */
  async handedIn(count: number): Promise<ScriptedBatch> {
    if (this.batches.length < count) await new Promise<void>((resolve) => this.waiting.push({ count, resolve }));
    const batch = this.batches[count - 1];
    if (!batch) throw new Error(`batch ${count} was not handed in`);
    return batch;
  }

  /** Ends a batch, with what becomes of each of its lines. */
  end(batch: ScriptedBatch, how: string, result: (line: ScriptedLine) => ScriptedResult): void {
    const [output, errors]: string[][] = [[], []];
    for (const line of batch.lines) {
      const what = result(line);
      if (what === null) continue;
      const isGood = typeof what === 'string' || what.status < 300;
      (isGood ? output : errors)?.push(this.resultLine(line, what));
    }
    batch.files = [output, errors].map((lines) => this.keep(Buffer.from((lines ?? []).join('\n'))));
    batch.status = how;
  }

  /** Forgets a batch, as if it had never been there. */
  lose(batch: ScriptedBatch): void {
    this.batches.splice(this.batches.indexOf(batch), 1);
  }

  private asOpenai(route: string, request: RecordedRequest): UpstreamScript | null {
    if (route === 'POST /files') return jsonReply({ id: this.keep(uploaded(request)), object: 'file' });
    if (route === 'POST /batches') return this.order(request.json());
    if (route === 'GET /batches') return jsonReply({ data: this.batches.map((batch) => this.told(batch)).reverse() });
    const [, method = '', kind, id = '', action] = /^(\w+) \/(files|batches)\/([^/]+)(?:\/(\w+))?$/.exec(route) ?? [];
    if (kind === 'files') return this.file(method, id);
    return kind === 'batches' ? this.batch(id, action) : null;
  }

  private asAnthropic(route: string, request: RecordedRequest): UpstreamScript | null {
    if (route === 'POST /messages/batches') {
      const requests = request.json()['requests'] as { custom_id: string; params: Record<string, unknown> }[];
      return this.begin(
        requests.map(({ custom_id: id, params: body }) => ({ id, body })),
        null,
      );
    }
    const [, , id = '', action] = /^(\w+) \/messages\/batches\/([^/]+)(?:\/(\w+))?$/.exec(route) ?? [];
    if (id !== '' && request.method === 'DELETE') return this.remove(id);
    return id === '' ? null : this.batch(id, action);
  }

  /** As Anthropic does: only one that has ended. */
  private remove(id: string): UpstreamScript {
    const batch = this.batches.find((one) => one.id === id);
    if (!batch) return errorReply(404, `no batch ${id}`);
    if (!ENDED.includes(batch.status)) return errorReply(400, 'it is in progress');
    batch.removed = true;
    return jsonReply({ id, type: 'message_batch_deleted' });
  }

  private order({ input_file_id: file, metadata }: Record<string, unknown>): UpstreamScript {
    const content = this.files.get(String(file));
    if (!content) return errorReply(400, 'no such file');
    const lines = content.toString('utf8').trimEnd().split('\n');
    const read = lines.map((line) => JSON.parse(line) as { custom_id: string; body: ScriptedLine['body'] });
    return this.begin(
      read.map(({ custom_id: id, body }) => ({ id, body })),
      metadata,
      String(file),
    );
  }

  private begin(lines: readonly ScriptedLine[], metadata: unknown, input?: string): UpstreamScript {
    const batch = new ScriptedBatch(`upstream-batch-${++this.made}`, lines, metadata);
    this.inputs.set(batch, input);
    this.batches.push(batch);
    for (const one of this.waiting.splice(0)) {
      if (one.count <= this.batches.length) one.resolve();
      else this.waiting.push(one);
    }
    return jsonReply(this.told(batch));
  }

  private readonly inputs = new Map<ScriptedBatch, string | undefined>();

  private batch(id: string, action: string | undefined): UpstreamScript {
    const batch = this.batches.find((one) => one.id === id);
    if (!batch) return errorReply(404, `no batch ${id}`);
    if (action === 'cancel') batch.cancelled = true;
    if (action === 'cancel' && !ENDED.includes(batch.status)) batch.status = 'cancelling';
    if (action !== 'results') return jsonReply(this.told(batch));
    return rawReply(Buffer.concat(batch.files.flatMap((file) => [this.content(file), Buffer.from('\n')])), JSONL);
  }

  private file(method: string, id: string): UpstreamScript {
    if (!this.files.has(id)) return errorReply(404, `no file ${id}`);
    if (method === 'DELETE') return jsonReply({ id, deleted: this.files.delete(id) });
    return rawReply(this.content(id), JSONL);
  }

  private told(batch: ScriptedBatch): object {
    const { id, status, metadata } = batch;
    const isEnded = ENDED.includes(status);
    if (this.protocol === 'anthropic')
      return { id, type: 'message_batch', processing_status: isEnded ? 'ended' : 'in_progress' };
    const [output, errors] = isEnded ? batch.files : [];
    return {
      ...{ id, object: 'batch', status, metadata, input_file_id: this.inputs.get(batch) },
      ...{ output_file_id: output ?? null, error_file_id: errors ?? null },
    };
  }

  private resultLine({ id }: ScriptedLine, result: Exclude<ScriptedResult, null>): string {
    if (typeof result === 'string') return result;
    const { status, body } = result;
    if (this.protocol === 'openai')
      return JSON.stringify({
        id: `r-${id}`,
        custom_id: id,
        response: { status_code: status, request_id: 'up', body },
        error: null,
      });
    const told = status < 300 ? { type: 'succeeded', message: body } : { type: 'errored', error: body };
    return JSON.stringify({ custom_id: id, result: told });
  }

  private keep(content: Buffer): string {
    const id = `upstream-file-${++this.made}`;
    this.files.set(id, content);
    return id;
  }

  private content(id: string): Buffer {
    return this.files.get(id) ?? Buffer.alloc(0);
  }
}

/** The content of the file in an upload. */
function uploaded({ rawBody }: RecordedRequest): Buffer {
  const head = rawBody.indexOf('\r\n\r\n', rawBody.indexOf('filename='));
  return rawBody.subarray(head + 4, rawBody.lastIndexOf('\r\n--'));
}
