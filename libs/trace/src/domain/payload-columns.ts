/** What a line of the spool says of request and answer; in the clear, or sealed and then nothing in the clear. */
export interface PayloadColumns {
  readonly payload_request?: string;
  readonly payload_response?: string;
  readonly payload_words?: string; // what full-text search finds
  readonly payload_sealed?: string; // Base64
  readonly payload_digest?: string; // keyed; equal for equal requests of a tenant
  readonly payload_chars?: number; // of the request
  readonly payload_redacted?: true | undefined;
}

/** A row of `request_payloads` beside its trace, as it is read; all null where there is none. */
export interface PayloadRow {
  readonly id: string;
  readonly tenant: string | null;
  readonly payload_request: string | null;
  readonly payload_response: string | null;
  readonly payload_sealed: Buffer | null;
}

export const SEALED_AWAY = Symbol('sealed under another key');
