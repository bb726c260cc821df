import { Injectable } from '@nestjs/common';
import type { BatchTask, LeasedLine } from '@relay/batches';
import { ConfigStore } from '@relay/config';
import { err, ok, RelayError, type Result } from '@relay/core';
import { parseJsonBody } from '@relay/pipeline';
import { isJsonObject } from '@relay/protocols';
import { readAsk, Responses, upstreamBody } from '@relay/responses';

/** What is asked for a line. The state of responses is the relay's, so that no id of them reaches a provider, which knows no tenants. */
@Injectable()
export class LineBody {
  constructor(
    private readonly responses: Responses,
    private readonly config: ConfigStore,
  ) {}

  /** Errors: `invalid_request`, `previous_response_not_found`. Rejects when the database is away. */
  async toAsk({ endpoint, tenantId }: BatchTask, { request }: LeasedLine): Promise<Result<Buffer, RelayError>> {
    if (endpoint !== '/v1/responses') return ok(request);
    const parsed = parseJsonBody(request, 'a JSON object');
    if (!parsed.ok || !isJsonObject(parsed.value)) return ok(request); // to be refused by whoever reads the whole body
    const body = parsed.value;
    const ask = readAsk(body, this.config.current.responses.store);
    if (!ask.ok) return ask;
    if (ask.value.background) return err(inBackground());
    const expanded = await this.responses.expand(tenantId, ask.value.previousId, body['input']);
    return expanded.ok ? ok(upstreamBody(request, expanded.value?.items ?? null)) : expanded;
  }
}

const inBackground = (): RelayError =>
  new RelayError('invalid_request', 'background: nobody waits for a batch; leave it out.', { param: 'background' });
