import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { loadBuiltin } from '../builtin/builtin-model';
import { loadOnnx } from '../onnx/onnx-model';
import type { LoadedModel, ThreadModel, ThreadReply, ThreadRequest, ThreadText } from './thread-protocol';

/** The thread that embeds. What goes wrong with a batch is told; what goes wrong with the model ends the thread. */
async function serve(port: MessagePort, task: ThreadModel): Promise<void> {
  const model = await load(task);
  port.postMessage({ kind: 'ready', id: model.id } satisfies ThreadReply);
  port.on('message', ({ texts }: ThreadRequest) => void answer(port, model, texts));
}

function load(task: ThreadModel): Promise<LoadedModel> {
  switch (task.kind) {
    case 'builtin':
      return loadBuiltin();
    case 'onnx':
      return loadOnnx(task);
  }
}

async function answer(port: MessagePort, model: LoadedModel, texts: readonly ThreadText[]): Promise<void> {
  try {
    const vectors = await model.embed(texts);
    const buffers = vectors.flatMap((vector) =>
      vector && vector.buffer instanceof ArrayBuffer ? [vector.buffer] : [],
    );
    port.postMessage({ kind: 'vectors', vectors } satisfies ThreadReply, buffers);
  } catch (error) {
    port.postMessage({ kind: 'failed', message: String(error) } satisfies ThreadReply);
  }
}

if (!parentPort) throw new Error('embedding.worker is the entry point of a worker thread');
void serve(parentPort, workerData as ThreadModel);
