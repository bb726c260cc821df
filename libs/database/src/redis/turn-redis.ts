import { Redis, type Command, type RedisOptions } from 'ioredis';

type Link = Redis['stream'];

/**
 * What is said in one turn of the event loop goes out together at its end: one write instead of one for each command. Unlike ioredis's own
 * pipelining it waits for no answer before the next turn's goes, and keeps nothing: that has its pipelines in a `Map` and a `Set`, whose old tables
 * hold what went through them (ADR 45). GETs by 32 at a time cost 10 µs each this way, 15 by pipelining, 18 written one by one (Node 20.20).
 *
 * `commandTimeout` counts from when the command goes out: a turn that takes long must not look like a Redis that does.
 */
export class TurnRedis extends Redis {
  private readonly answerWithinMs: number | undefined;
  private held: Link | null = null;
  private said: Command[] = [];

  constructor(url: string, { commandTimeout, ...options }: RedisOptions = {}) {
    super(url, options);
    this.answerWithinMs = commandTimeout;
  }

  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    if (stream === undefined && this.status === 'ready' && this.stream.writable) this.hold(command, this.stream);
    else this.expectAnswer(command); // written by itself, kept for later or refused at once
    return super.sendCommand(command, stream);
  }

  private hold(command: Command, link: Link): void {
    if (link !== this.held) {
      this.letGo();
      this.held = link;
      link.cork();
      setImmediate(() => {
        if (link === this.held) this.letGo();
      });
    }
    this.said.push(command);
  }

  private letGo(): void {
    const [link, said] = [this.held, this.said];
    this.held = null;
    this.said = [];
    link?.uncork();
    if (link?.destroyed) return; // they have failed with their connection
    for (const command of said) if (!command.isResolved) this.expectAnswer(command);
  }

  private expectAnswer(command: Command): void {
    if (this.answerWithinMs !== undefined) command.setTimeout(this.answerWithinMs);
  }
}
