import { request, type ClientRequest } from 'node:http';
import { Histogram } from '../../stats/histogram';
import type { RunningSubject } from '../../subjects/subject';

const STAMP = /@(\d+)@/g;

const nowUs = (): number => Number(process.hrtime.bigint() / 1_000n);

/** Clients that each read one stream to its end, and compare the time in a chunk with the time it came. */
export class Readers {
  readonly chunkMs = new Histogram(); // from the upstream's write to the client's read
  readonly firstByteMs = new Histogram();
  failed = 0;
  begun = 0;
  private readonly requests: ClientRequest[] = [];

  constructor(private readonly subject: RunningSubject) {}

  /** Resolves when the stream is over. */
  read(question: number): Promise<void> {
    const { port, path, headers } = this.subject;
    const startedUs = nowUs();
    const body = JSON.stringify({
      model: 'small',
      stream: true,
      messages: [{ role: 'user', content: `What is ${question}?` }],
    });
    return new Promise((resolve) => {
      const fail = (): void => {
        this.failed++;
        resolve();
      };
      const head = { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent: false, headers: head }, (reply) => {
        if (reply.statusCode !== 200) return fail();
        this.begun++;
        this.firstByteMs.record((nowUs() - startedUs) / 1_000);
        reply.on('data', (bytes: Buffer) => this.note(bytes));
        reply.once('end', resolve).once('error', fail);
      });
      sent.once('error', fail);
      sent.end(body);
      this.requests.push(sent);
    });
  }

  leave(): void {
    for (const each of this.requests.splice(0)) each.destroy();
  }

  private note(bytes: Buffer): void {
    const now = nowUs();
    for (const [, at] of bytes.toString('latin1').matchAll(STAMP)) this.chunkMs.record((now - Number(at)) / 1_000);
  }
}
