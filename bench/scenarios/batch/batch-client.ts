import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 200;
const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'expired', 'cancelled']);

/** A batch as `GET /v1/batches/{id}` tells it, as far as it is looked at. */
export interface BatchView {
  readonly id: string;
  readonly status: string;
  readonly output_file_id: string | null;
  readonly error_file_id: string | null;
  readonly request_counts: { readonly total: number; readonly completed: number; readonly failed: number };
}

export interface Answered {
  readonly missing: number; // lines of the input that no output line answers
  readonly repeated: number; // output lines beyond the first one for a line
  readonly failed: number; // in the error file
}

/** Files and batches of one gateway, over HTTP. */
export class BatchClient {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** Uploads so many distinct requests, and orders them. Gives the id of the batch. */
  async order(requests: number): Promise<string> {
    const lines = Array.from({ length: requests }, (_, n) => {
      const messages = [{ role: 'user', content: `line ${n} of a batch ordered at ${Date.now()}` }];
      const body = { model: 'small', messages, max_tokens: 256 };
      return JSON.stringify({ custom_id: `line-${n}`, method: 'POST', url: '/v1/chat/completions', body });
    });
    const form = new FormData();
    form.set('purpose', 'batch');
    form.set('file', new Blob([lines.join('\n')]), 'requests.jsonl');
    const file = await this.ask<{ id: string }>('/v1/files', { method: 'POST', body: form });
    const order = { input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' };
    const headers = { 'content-type': 'application/json' };
    const batch = await this.ask<BatchView>('/v1/batches', { method: 'POST', headers, body: JSON.stringify(order) });
    return batch.id;
  }

  /** As it is once `isThere` holds. Rejects for a batch that ended before. */
  async until(id: string, isThere: (batch: BatchView) => boolean): Promise<BatchView> {
    for (;;) {
      const batch = await this.ask<BatchView>(`/v1/batches/${id}`);
      if (isThere(batch)) return batch;
      if (ENDED.has(batch.status)) throw new Error(`the batch ended as ${batch.status}: ${JSON.stringify(batch)}`);
      await pause(POLL_MS);
    }
  }

  ended(id: string): Promise<BatchView> {
    return this.until(id, ({ status }) => ENDED.has(status));
  }

  /** What the files of an ended batch say of its lines. */
  async answered(batch: BatchView, requests: number): Promise<Answered> {
    const failed = await this.ids(batch.error_file_id);
    const all = [...(await this.ids(batch.output_file_id)), ...failed];
    const distinct = new Set(all);
    return { missing: requests - distinct.size, repeated: all.length - distinct.size, failed: failed.length };
  }

  private async ids(file: string | null): Promise<string[]> {
    if (file === null) return [];
    const reply = await this.fetch(`/v1/files/${file}/content`);
    const lines = (await reply.text()).trimEnd().split('\n');
    return lines.map((line) => (JSON.parse(line) as { custom_id: string }).custom_id);
  }

  private async ask<T>(route: string, init?: RequestInit): Promise<T> {
    return (await (await this.fetch(route, init)).json()) as T;
  }

  private async fetch(route: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${this.key}` };
    const reply = await fetch(this.url + route, { ...init, headers });
    if (!reply.ok) throw new Error(`${route}: ${reply.status} ${await reply.text()}`);
    return reply;
  }
}
