import { Inject, Injectable } from '@nestjs/common';
import { ConfigStore, contentCipher, ENVIRONMENT, type Environment } from '@relay/config';
import type { ContentCipher } from '@relay/core';
import { maskKept } from '@relay/prompt';
import type { TracePayload } from '../domain/trace-record';
import { packPayload, unpackPayload } from './packed-payload';
import { type PayloadColumns, type PayloadRow, SEALED_AWAY } from '../domain/payload-columns';
import { searchableText } from './searchable-text';

const PURPOSE = 'relay/trace-payloads';

/** What is kept of a request, in the two forms that it has. */
export interface KeptPayload {
  readonly shown: TracePayload; // with personal data replaced
  readonly columns: PayloadColumns;
}

/** What is kept of what was said: redacted first, then sealed where there is RELAY_ENCRYPTION_KEY. */
@Injectable()
export class PayloadVault {
  private readonly cipher: ContentCipher | null;

  constructor(
    @Inject(ENVIRONMENT) environment: Environment,
    private readonly config: ConfigStore,
  ) {
    this.cipher = contentCipher(PURPOSE, environment);
  }

  /** Whether what is kept from now on can be searched for its words. */
  get isSearchable(): boolean {
    return this.cipher === null;
  }

  close(traceId: string, tenant: string | null, payload: TracePayload): KeptPayload {
    const { shown, redacted } = this.redacted(payload);
    return { shown, columns: { ...this.columnsOf(traceId, tenant, shown), payload_redacted: redacted || undefined } };
  }

  /** Null: nothing is kept. `SEALED_AWAY`: it is, under a key that this process does not have. */
  open(row: PayloadRow): TracePayload | typeof SEALED_AWAY | null {
    if (row.payload_sealed === null) {
      const { payload_request: request, payload_response: response } = row;
      return request === null ? null : { request, response: response ?? '' };
    }
    const packed = this.cipher?.open(row.payload_sealed, placeOf(row.id, row.tenant));
    return (packed && unpackPayload(packed)) ?? SEALED_AWAY;
  }

  private redacted(payload: TracePayload): { readonly shown: TracePayload; readonly redacted: boolean } {
    const kinds = this.config.current.traces.payloads.redact;
    if (kinds.length === 0) return { shown: payload, redacted: false };
    const { texts, changed } = maskKept([payload.request, payload.response], kinds);
    const [request = '', response = ''] = texts;
    return { shown: changed ? { request, response } : payload, redacted: changed };
  }

  private columnsOf(traceId: string, tenant: string | null, payload: TracePayload): PayloadColumns {
    const { cipher } = this;
    if (cipher === null) {
      const { request, response } = payload;
      return { payload_request: request, payload_response: response, payload_words: searchableText(payload) };
    }
    return {
      payload_sealed: cipher.seal(packPayload(payload), placeOf(traceId, tenant)).toString('base64'),
      payload_digest: cipher.digest(payload.request, tenant ?? ''),
      payload_chars: payload.request.length,
    };
  }
}

/** What is sealed for one trace does not open as another's. */
const placeOf = (traceId: string, tenant: string | null): string => `payload ${tenant ?? ''} ${traceId}`;
