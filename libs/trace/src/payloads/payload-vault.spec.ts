import { payloadVault } from '../../test/recorder-kit';
import { type PayloadColumns, type PayloadRow, SEALED_AWAY } from '../domain/payload-columns';
import { packPayload, unpackPayload } from './packed-payload';

const SECRET = 'a secret of at least 32 characters';
const said = { request: '{"messages":[{"content":"Hello, café"}]}', response: '{"choices":[]}' };

const rowOf = (columns: PayloadColumns, id = 'trace-1', tenant = 'acme'): PayloadRow => ({
  ...{ id, tenant },
  payload_request: columns.payload_request ?? null,
  payload_response: columns.payload_response ?? null,
  payload_sealed: columns.payload_sealed === undefined ? null : Buffer.from(columns.payload_sealed, 'base64'),
});

describe('what is kept of what was said', () => {
  it('is in the clear, with its words for the search, where there is no encryption key', () => {
    const vault = payloadVault();
    const { columns } = vault.close('trace-1', 'acme', said);
    expect(columns).toMatchObject({ payload_request: said.request, payload_words: 'Hello, café' });
    expect(vault.open(rowOf(columns))).toEqual(said);
  });

  it('is sealed for its trace where there is one, with nothing in the clear', () => {
    const vault = payloadVault(SECRET);
    const { columns } = vault.close('trace-1', 'acme', said);
    expect(JSON.stringify(columns)).not.toContain('Hello');
    expect(Object.keys(columns).sort()).toEqual([
      ...['payload_chars', 'payload_digest', 'payload_redacted', 'payload_sealed'],
    ]);
    expect(vault.open(rowOf(columns))).toEqual(said);
    expect(vault.open(rowOf(columns, 'trace-2'))).toBe(SEALED_AWAY);
    expect(vault.open(rowOf(columns, 'trace-1', 'globex'))).toBe(SEALED_AWAY);
    expect(payloadVault('another secret of 32 characters or so').open(rowOf(columns))).toBe(SEALED_AWAY);
    expect(payloadVault().open(rowOf(columns))).toBe(SEALED_AWAY);
  });

  it('opens still if it was kept before there was a key', () => {
    const { columns } = payloadVault().close('trace-1', 'acme', said);
    expect(payloadVault(SECRET).open(rowOf(columns))).toEqual(said);
    expect(payloadVault(SECRET).open(rowOf({}))).toBeNull();
  });

  it('has equal digests for equal requests of one tenant only', () => {
    const vault = payloadVault(SECRET);
    const digest = (request: string, tenant: string) =>
      vault.close(`trace of ${request}`, tenant, { request, response: '' }).columns.payload_digest;
    expect(digest('a', 'acme')).toBe(digest('a', 'acme'));
    expect(new Set([digest('a', 'acme'), digest('b', 'acme'), digest('a', 'globex')]).size).toBe(3);
  });

  it('has personal data replaced before anything else is done with it', () => {
    const vault = payloadVault(undefined, { redact: ['email', 'card'] });
    const request = '{"messages":[{"content":"I am ann@example.com, card 4111 1111 1111 1111"}]}';
    const { columns, shown } = vault.close('t', 'acme', { request, response: '"ann@example.com or bob@example.com"' });
    expect(shown.request).toBe('{"messages":[{"content":"I am [EMAIL_1], card [CARD_1]"}]}');
    expect(shown.response).toBe('"[EMAIL_1] or [EMAIL_2]"');
    expect(columns).toMatchObject({ payload_redacted: true });
    expect(JSON.stringify(columns)).not.toMatch(/ann@|4111/);
    expect(vault.close('t', 'acme', said).columns.payload_redacted).toBeUndefined();
  });

  it('is packed short where that is worth it, and comes out as it was', () => {
    for (const request of ['', 'x', 'prose '.repeat(5_000), '漢字'.repeat(700_000)]) {
      const packed = packPayload({ request, response: 'said' });
      expect(unpackPayload(packed)).toEqual({ request, response: 'said' });
    }
    expect(packPayload({ request: 'prose '.repeat(5_000), response: '' }).length).toBeLessThan(1_000);
    expect(unpackPayload(Buffer.from([9, 0, 0]))).toBeNull();
    expect(unpackPayload(Buffer.from([1, 0, 0]))).toBeNull();
  });
});
