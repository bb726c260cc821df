/** An issuer has so long to answer, ms: a request, or a person at a login, may be waiting. */
const TIMEOUT_MS = 3_000;
const MAX_BYTES = 262_144; // of an issuer's configuration or keys; known ones have less than 20 kB

/** JSON of an address of relay.yaml, or that an issuer named; follows no redirect. Rejects after a while, and when it is too long. */
export async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, {
    headers: { accept: 'application/json, application/jwk-set+json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`${url} answers ${response.status}`);
  }
  return JSON.parse(await textOf(response, url)) as unknown;
}

async function textOf(response: Response, url: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += (piece as Uint8Array).byteLength;
    if (bytes > MAX_BYTES) throw new Error(`${url} answers more than ${MAX_BYTES} bytes`);
    pieces.push(piece as Uint8Array);
  }
  return Buffer.concat(pieces).toString('utf8');
}
