import { Injectable } from '@nestjs/common';
import { TraceRecorder } from '../trace.recorder';
import { Telemetry } from './telemetry.service';

/** Has every request that was recorded told to the collector. */
@Injectable()
export class TelemetryListener {
  constructor(recorder: TraceRecorder, telemetry: Telemetry) {
    recorder.onRecorded((record, payload) => telemetry.note(record, payload));
  }
}
