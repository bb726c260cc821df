/** A line as it ended. `response` is the JSON that `responseOf` made, or null where there was an error instead. */
export interface EndedLine {
  readonly index: number;
  readonly customId: string | null;
  readonly response: Buffer | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

const LINE_ENDS = /[\r\n]+/g;
const INDEX_DIGITS = 6; // as many as the largest batch has lines

/** The `response` of a line in an output file. The answer stays as it came but for line ends between its values, which JSON does not need. */
export function responseOf(status: number, requestId: string, answer: Buffer): Buffer {
  const head = JSON.stringify({ status_code: status, request_id: requestId }).slice(0, -1);
  return Buffer.from(`${head},"body":${bodyOf(answer)}}`);
}

/** A line of an output or error file, its end included. */
export function outputLine(batchId: string, { index, customId, response, error }: EndedLine): Buffer {
  const id = `batch_req_${batchId.slice(-32)}${String(index).padStart(INDEX_DIGITS, '0')}`;
  const head = JSON.stringify({ id, custom_id: customId }).slice(0, -1);
  const said = response?.toString('utf8') ?? 'null';
  return Buffer.from(`${head},"response":${said},"error":${JSON.stringify(error)}}\n`);
}

function bodyOf(answer: Buffer): string {
  const text = answer.toString('utf8');
  try {
    JSON.parse(text);
    return text.replace(LINE_ENDS, '');
  } catch {
    return JSON.stringify(text); // no JSON: its text
  }
}
