import type { TraceState } from '@opentelemetry/api';

/** What other vendors said of a trace, as it came: the relay passes it on and has no entry of its own. */
export class TraceStateText implements TraceState {
  constructor(private readonly text: string) {}

  set(): TraceState {
    return this;
  }
  unset(): TraceState {
    return this;
  }
  get(): undefined {
    return undefined;
  }
  serialize(): string {
    return this.text;
  }
}
