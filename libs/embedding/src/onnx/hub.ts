import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fetch } from 'undici';
import { CONFIG_FILES, MODEL_FILES, TOKENIZER_FILE } from './model-files';

/** `all-MiniLM-L6-v2` or `sentence-transformers/all-MiniLM-L6-v2`: nothing that leads out of a folder. */
export const HUB_NAME = /^[\w-][\w.-]*(\/[\w-][\w.-]*)?$/;

/** Fetches what is missing of a model's files into `folder`. A file is there in full, or not at all. */
export async function fetchModel(hub: string, name: string, folder: string, signal: AbortSignal): Promise<void> {
  const get = (file: string): Promise<boolean> =>
    fetchFile(`${hub.replace(/\/+$/, '')}/${name}/resolve/main/${file}`, path.join(folder, file), signal);
  if (!(await get(TOKENIZER_FILE))) throw new Error(`the hub has no ${TOKENIZER_FILE} of ${name}`);
  for (const file of CONFIG_FILES) await get(file);
  for (const file of MODEL_FILES) if (await get(file)) return;
  throw new Error(`the hub has none of ${MODEL_FILES.join(', ')} of ${name}`);
}

/** `false`: the hub does not have it. */
async function fetchFile(url: string, file: string, signal: AbortSignal): Promise<boolean> {
  if (await exists(file)) return true;
  const response = await fetch(url, { signal });
  if (response.status === 404) {
    await response.body?.cancel();
    return false;
  }
  if (!response.ok || !response.body) throw new Error(`the hub answered ${response.status} for ${path.basename(file)}`);
  await mkdir(path.dirname(file), { recursive: true });
  const part = `${file}.${randomUUID()}.part`; // two processes may fetch it at a time
  try {
    await pipeline(Readable.fromWeb(response.body), createWriteStream(part), { signal });
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
  return true;
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
