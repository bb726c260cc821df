import { type BodyStep, jsonReply, steps, type UpstreamScript } from '@relay/testing';

/** A tool call as the vendor is to tell it. */
export interface WireCall {
  readonly id: string;
  readonly name: string;
  readonly input: object;
}

/** How a vendor speaks, for fakes of it: what its API sends, in pieces. */
export interface VendorWire {
  readonly kind: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly contentType: string;
  /** What comes before any content. */
  readonly start: BodyStep;
  text(piece: string): BodyStep;
  /** A piece of thinking, before all text. */
  readonly thought: (piece: string) => BodyStep;
  calls(calls: readonly WireCall[]): readonly BodyStep[];
  /** An event that no reader of the vendor's protocol understands. */
  readonly garbage: BodyStep;
  /** An error where the next event should be; nothing comes after it. */
  readonly brokenOff: readonly BodyStep[];
  readonly brokenOffBy: string;
  /** 11 tokens in, 4 of them from the cache; 3 out. */
  end(reason: 'stop' | 'length' | 'tools'): readonly BodyStep[];
  whole(text: string): object;
  refusal(message: string): object;
}

/** The whole of a stream. */
export const streamOf = (wire: VendorWire, body: readonly BodyStep[]): UpstreamScript =>
  steps(body, { headers: { 'content-type': wire.contentType } });

/** A stream of these pieces of text. */
export const talk = (wire: VendorWire, ...pieces: readonly string[]): UpstreamScript =>
  streamOf(wire, [wire.start, ...pieces.map((piece) => wire.text(piece)), ...wire.end('stop')]);

export const wholeOf = (wire: VendorWire, text: string): UpstreamScript => jsonReply(wire.whole(text));
