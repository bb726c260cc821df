import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigStore, formatProblem, type ConfigProblem } from './config-store';
import type { RelayConfig } from './relay-config.schema';
import { withPlaces } from './with-places';

describe('problems that a part of the relay finds in values', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'relay-places-'));
    file = path.join(dir, 'relay.yaml');
    writeFileSync(file, 'providers:\n  - id: one\n    headers: { x-team: "a\\nb" }\n');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const found = (place: string): ConfigProblem => ({ file, path: place, found: 'a header', allowed: 'another' });
  const storeOf = (problems: readonly ConfigProblem[]): ConfigStore => {
    const store = new ConfigStore({} as RelayConfig, file, (all) => withPlaces(file, all));
    let isFirst = true;
    const prepare = () => ({ problems: isFirst ? [] : problems, apply: () => void (isFirst = false) });
    store.register({ name: 'providers', prepare });
    return store;
  };

  it('are told with the place where they are written', () => {
    const [problem] = storeOf([found('providers[0].headers.x-team')]).replace({} as RelayConfig);
    expect(problem && formatProblem(problem)).toBe(
      `${file}:3:24: providers[0].headers.x-team: found a header; allowed: another`,
    );
  });

  it('are told without it where they are of another file, or the file is gone', () => {
    const elsewhere = { ...found('name'), file: 'environment' };
    expect(withPlaces(file, [elsewhere, found('providers[0]')])[0]).toEqual(elsewhere);
    rmSync(file);
    expect(withPlaces(file, [found('providers[0]')])).toEqual([found('providers[0]')]);
  });
});
