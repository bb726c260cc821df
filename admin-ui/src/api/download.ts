import { apiErrorOf } from './api-error';
import { authorizedFetch } from './authorized-fetch';

/** Saves what the relay gives at this address as a file. Throws an `ApiError` where it gives none. */
export async function download(path: string, name: string): Promise<void> {
  const reply = await authorizedFetch(new Request(path));
  if (!reply.ok) throw apiErrorOf(reply, await reply.json().catch(() => null));
  const url = URL.createObjectURL(await reply.blob());
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
