/** Up to the text of a chunk that has one choice, whose delta says nothing else. */
const BEFORE =
  /^[^]*?"choices":\[\{(?:"index":\d+,)?"delta":\{(?:"role":"\w+",|"\w+":null,)*"(?:content|reasoning|reasoning_content)":"/;
const AFTER = /^"(?:,"\w+":null)*\}/;
/** What adds up from chunk to chunk as well: another choice, the likelihoods of tokens. */
const ADDS_UP = /"(?:delta|logprobs)"(?!:null)/;
/** The inside of a JSON string. */
const TEXT = /^(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*$/;
/** Padding of OpenAI's, another in each chunk, and in no answer. */
const OBFUSCATION = /,"obfuscation":"[^"\\]*"\}$/;

/**
 * Makes one chunk of those, one after the other, that differ in nothing but their text, as most of a stream does. What comes of them is the
 * same: 100 chunks become an answer in 60 us; where each is parsed they take 170 us.
 */
export function joinPieces(payloads: readonly string[]): string[] {
  const joined: string[] = [];
  let alike: AlikeChunks | null = null;
  for (const payload of payloads) {
    const chunk = payload.endsWith('"}') ? payload.replace(OBFUSCATION, '}') : payload;
    if (alike?.add(chunk)) continue;
    if (alike) joined.push(alike.asOne());
    alike = beginWith(chunk);
    if (alike === null) joined.push(chunk);
  }
  if (alike) joined.push(alike.asOne());
  return joined;
}

class AlikeChunks {
  constructor(
    private readonly before: string,
    private text: string,
    private readonly after: string,
  ) {}

  /** False if the chunk is another one. Slices are compared in 0.1 us; `startsWith` and `endsWith` took 1 us. */
  add(chunk: string): boolean {
    const { before, after } = this;
    const end = chunk.length - after.length;
    if (end < before.length || chunk.slice(0, before.length) !== before || chunk.slice(end) !== after) return false;
    const text = chunk.slice(before.length, end);
    if (!TEXT.test(text)) return false;
    this.text += text;
    return true;
  }

  asOne(): string {
    return this.before + this.text + this.after;
  }
}

function beginWith(chunk: string): AlikeChunks | null {
  const before = BEFORE.exec(chunk)?.[0];
  if (before === undefined) return null;
  const end = chunk.indexOf('"', before.length);
  const text = chunk.slice(before.length, end);
  const after = chunk.slice(end);
  const isPlain = end !== -1 && TEXT.test(text) && AFTER.test(after) && !ADDS_UP.test(after);
  return isPlain ? new AlikeChunks(before, text, after) : null;
}
