import { Redis, type Command } from 'ioredis';

type Link = Redis['stream'];

/**
 * What is said in one turn of the event loop goes out together at its end: one write instead of one for each command. Unlike ioredis's own
 * pipelining it waits for no answer before the next turn's goes, and keeps nothing: that has its pipelines in a `Map` and a `Set`, whose old tables
 * hold what went through them (ADR 45). GETs by 32 at a time cost 10 µs each this way, 15 by pipelining, 18 written one by one (Node 20.20).
 */
export class TurnRedis extends Redis {
  private held: Link | null = null;

  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    if (stream === undefined) this.hold(this.stream);
    return super.sendCommand(command, stream);
  }

  private hold(link: Link | undefined): void {
    if (!link?.writable || link === this.held) return;
    this.held = link;
    link.cork();
    setImmediate(() => {
      if (this.held === link) this.held = null;
      link.uncork();
    });
  }
}
