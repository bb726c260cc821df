import { NUMBER, type Target, type Workload } from './protocol';

const COUNTER_DIGITS = 14; // room for a start counted in ms since the epoch and the requests after it
const PLACEHOLDER = '#'.repeat(COUNTER_DIGITS);

const SYSTEM_PROMPT =
  'You are the assistant of a small web shop. Answer in at most three sentences, keep to the facts given, ' +
  'say so when you do not know, and never promise a delivery date.';
const LETTER =
  'A customer writes: I ordered two blue chairs last week and the tracking page has not changed since Monday. ' +
  'One of the chairs is a present. Could you tell me where they are, whether they travel together, and what I can do ' +
  `if only one of them arrives in time? My order has the number ${NUMBER}.`;

/** The bytes of one HTTP request with a number in its body that can be changed in place: no cost per request but 14 bytes. */
export class RequestTemplate {
  private readonly counterAt: number;

  private constructor(readonly bytes: Buffer) {
    this.counterAt = bytes.indexOf(PLACEHOLDER);
    this.setCounter(0);
  }

  static create(target: Target, workload: Workload): RequestTemplate {
    const body = JSON.stringify({
      model: 'small',
      messages: [
        { role: 'system', content: SYSTEM_PROMPT },
        { role: 'user', content: (workload.question ?? LETTER).replace(NUMBER, PLACEHOLDER) },
      ],
      temperature: 0,
      max_tokens: 256,
      ...(workload.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    });
    const headers = {
      host: `${target.host}:${target.port}`,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      ...target.headers,
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return new RequestTemplate(Buffer.from(`POST ${target.path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`));
  }

  setCounter(counter: number): void {
    this.bytes.write(String(counter).padStart(COUNTER_DIGITS, '0'), this.counterAt, 'latin1');
  }
}
