import type { JsonObject } from '../json/json-object';

/** Takes the events of one stream of a response, in their order. */
export interface EventSink {
  add(type: string, fields: JsonObject): void;
}

/** For who wants the response and not the stream. */
export const NO_EVENTS: EventSink = { add: () => undefined };

/** Numbers events and writes them as frames. */
export class EventFrames implements EventSink {
  private frames: string[] = [];
  private sequence = 0;

  add(type: string, fields: JsonObject): void {
    const data = JSON.stringify({ type, sequence_number: this.sequence++, ...fields });
    this.frames.push(`event: ${type}\ndata: ${data}\n\n`);
  }

  /** The frames since the last time. */
  take(): string[] {
    const { frames } = this;
    this.frames = [];
    return frames;
  }
}
