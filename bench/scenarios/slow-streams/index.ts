import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { residentMb } from '../../process/usage';
import { Rig } from '../../runner/rig';
import { subjects } from '../../subjects';
import type { RunningSubject, Subject } from '../../subjects/subject';
import type { Experiment, ExperimentContext } from '../experiment';
import { Readers } from './readers';

const STREAMS = 2_000;
/** Ms between the chunks of one stream. */
const GAP_MS = 500;
/** Streams are begun in groups, so that the begin is no burst of its own. */
const GROUP = 50;
const GROUP_PAUSE_MS = 25;
/** So long streams may take to begin: on a busy machine that is longer than their requests take to leave. */
const BEGIN_STEPS = 100;
const STEP_MS = 200;
/** Before the measurement: memory of code and pools that is not a stream's. */
const WARM_UP_STREAMS = 100;
const WARM_UP_SECONDS = 2;

const SUBJECTS: Readonly<Record<string, Subject>> = subjects;

interface Run {
  readonly label: string;
  readonly streams: number; // that were open at once
  readonly failed: number;
  readonly kbPerStream: number | null;
  readonly firstByte: { readonly p50: number | null; readonly p99: number | null };
  readonly chunk: { readonly p50: number | null; readonly p99: number | null };
}

export const slowStreams: Experiment = {
  summary: `${STREAMS} slow streams at once, a chunk each ${GAP_MS} ms: memory of a stream, time until its first byte, and on the way of each chunk`,
  defaults: { seconds: 10, rounds: 1 },
  run: async (context) => {
    const { seconds, connections, rounds } = context.options;
    const streams = connections ?? STREAMS;
    const runs: Run[] = [];
    const chunks = Math.ceil((seconds * 1_000 + BEGIN_STEPS * STEP_MS + (streams / GROUP) * GROUP_PAUSE_MS) / GAP_MS);
    const rig = await Rig.start({ gap: GAP_MS, chunks, stamp: 1 });
    const facts: Record<string, string> = {};
    try {
      for (const [label, subject] of Object.entries(SUBJECTS)) {
        const running = await rig.add(subject.start, path.join(context.temporary, label));
        Object.assign(facts, running.facts);
        for (let round = 0; round < rounds; round++) runs.push(await measure(label, running, streams, context));
        await running.stop();
      }
    } finally {
      await rig.stop();
    }
    return {
      method: `${rounds} × ${seconds} s of ${streams} open streams each, one subject after the other, after ${WARM_UP_STREAMS} streams to warm up.`,
      sections: [{ title: 'streams', notes: NOTES, table: [HEAD, ...runs.map(cells)] }],
      goals: [],
      warnings: runs
        .filter(({ failed }) => failed > 0)
        .map(({ label, failed }) => `${label}: ${failed} streams failed`),
      facts,
      details: { runs },
    };
  },
};

async function measure(
  label: string,
  running: RunningSubject,
  streams: number,
  { options, say }: ExperimentContext,
): Promise<Run> {
  let question = Date.now();
  const begin = async (readers: Readers, count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      void readers.read(question++);
      if (i % GROUP === GROUP - 1) await pause(GROUP_PAUSE_MS);
    }
  };
  const warm = new Readers(running);
  await begin(warm, WARM_UP_STREAMS);
  await pause(WARM_UP_SECONDS * 1_000);
  warm.leave();
  await pause(1_000);
  const before = residentMb(running.pid);
  const readers = new Readers(running);
  await begin(readers, streams);
  for (let step = 0; step < BEGIN_STEPS && readers.begun + readers.failed < streams; step++) await pause(STEP_MS);
  await pause(options.seconds * 1_000);
  const during = residentMb(running.pid);
  const { begun, failed } = readers;
  readers.leave();
  await pause(1_000);
  const kbPerStream = label === 'direct' ? null : ((during - before) * 1_024) / Math.max(1, begun);
  say(`${label}: ${begun} streams, ${kbPerStream?.toFixed(1) ?? '-'} kB each`);
  return {
    label,
    streams: begun,
    failed,
    kbPerStream,
    firstByte: readers.firstByteMs.summary(),
    chunk: readers.chunkMs.summary(),
  };
}

const NOTES = [
  'Memory: what the process grew by from its rest to the end of the measurement, a stream. `direct` is the way without a gateway: what a chunk takes beyond it is what the gateway adds.',
];
const HEAD = ['', 'streams', 'failed', 'kB a stream', '1st byte P50 ms', 'P99 ms', 'chunk P50 ms', 'P99 ms'];

const fixed = (value: number | null, digits: number): string => (value === null ? '-' : value.toFixed(digits));

const cells = ({ label, streams, failed, kbPerStream, firstByte, chunk }: Run): string[] => [
  label,
  String(streams),
  String(failed),
  fixed(kbPerStream, 1),
  fixed(firstByte.p50, 2),
  fixed(firstByte.p99, 2),
  fixed(chunk.p50, 2),
  fixed(chunk.p99, 2),
];
