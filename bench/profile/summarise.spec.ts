import type { CpuProfile, CpuProfileNode } from './cpuprofile';
import { groupOf } from './group';
import { summariseProfile } from './summarise';

const frame = (functionName: string, url: string): CpuProfileNode['callFrame'] => ({
  functionName,
  url,
  lineNumber: 9,
});

// (root) ─ handle (libs/pipeline) ─ write (pg) ─ writev (node:net)
//        ├ (idle)
//        └ onread (node:net)
const nodes: CpuProfileNode[] = [
  { id: 1, callFrame: frame('(root)', ''), children: [2, 5, 6] },
  { id: 2, callFrame: frame('handle', 'file:///srv/dist/libs/pipeline/src/completion.js'), children: [3] },
  { id: 3, callFrame: frame('write', '/srv/node_modules/pg/lib/client.js'), children: [4] },
  { id: 4, callFrame: frame('writev', 'node:net') },
  { id: 5, callFrame: frame('(idle)', '') },
  { id: 6, callFrame: frame('onread', 'node:net') },
];
const profile: CpuProfile = {
  nodes,
  startTime: 1_000,
  samples: [2, 2, 3, 4, 5, 6, 2],
  timeDeltas: [0, 100, 100, 100, 100, 100, 100],
};
const everything = { startUs: 0, endUs: 10_000 };
const times = (entries: readonly { name: string; us: number }[]): Record<string, number> =>
  Object.fromEntries(entries.map(({ name, us }) => [name, us]));

describe('summariseProfile', () => {
  const report = summariseProfile('relay', profile, [everything], 10, { groups: 10, functions: 10 });

  it('adds self time up by group and leaves the idle time out', () => {
    expect(times(report.self)).toEqual({ '@relay/pipeline': 200, pg: 100, 'node:net': 200 });
    expect(report.busyUs).toBe(500);
  });

  it('bills the runtime to the nearest caller outside it', () => {
    expect(times(report.billed)).toEqual({ '@relay/pipeline': 200, pg: 200, 'runtime, no caller': 100 });
  });

  it('names functions with their file and line, the longest first', () => {
    expect(report.functions[0]).toEqual({ name: '@relay/pipeline handle (completion.js:10)', us: 200, share: 0.4 });
  });

  it('counts only what ran while it was measured', () => {
    const part = summariseProfile('relay', profile, [{ startUs: 1_200, endUs: 1_400 }], 10, {
      groups: 1,
      functions: 1,
    });
    expect(part.busyUs).toBe(200);
    expect(part.self).toHaveLength(1);
  });
});

describe('groupOf', () => {
  it.each([
    ['file:///srv/node_modules/@nestjs/core/index.js', '@nestjs/core'],
    ['/srv/node_modules/a/node_modules/undici/lib/client.js', 'undici'],
    ['node:internal/deps/undici/undici', 'node:undici'],
    ['node:_http_server', 'node:_http_server'],
    ['/srv/dist/apps/gateway/src/http/chat.js', 'apps/gateway'],
    ['/srv/dist/bench/reference/main.js', 'bench/reference'],
    ['/elsewhere/x.js', 'other'],
  ])('knows whose %s is', (url, group) => expect(groupOf(frame('f', url))).toBe(group));

  it('keeps the engine apart from native functions', () => {
    expect(groupOf(frame('(garbage collector)', ''))).toBe('(garbage collector)');
    expect(groupOf(frame('writeBuffer', ''))).toBe('native');
  });
});
