import type { Subject } from './subject';

/** No gateway at all: what load generator and mock can do together on their core, and the latency that is not a gateway's. */
export const direct: Subject = {
  summary: 'the mock upstream itself: the ceiling of the harness',
  start: ({ upstreamUrl, upstreamPid }) => {
    const url = new URL(upstreamUrl);
    return Promise.resolve({
      pid: upstreamPid,
      port: Number(url.port),
      path: `${url.pathname}/chat/completions`,
      headers: {},
      facts: {},
      stop: () => Promise.resolve(),
    });
  },
};
