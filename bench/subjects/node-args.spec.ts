import { readFileSync } from 'node:fs';
import path from 'node:path';
import { RELAY_ARGS } from './node-args';

const file = (name: string): string => readFileSync(path.join(__dirname, '../..', name), 'utf8');

describe('what Node is told for the relay', () => {
  it('is the same in the benchmark, for npm start, in the image and in the docs', () => {
    const { scripts } = JSON.parse(file('package.json')) as { scripts: { start: string } };
    expect(scripts.start).toBe(`node ${RELAY_ARGS.join(' ')} tools/bootstrap.mjs start`);
    const quoted = RELAY_ARGS.map((each) => `"${each}"`).join(', ');
    expect(file('docker/Dockerfile')).toContain(`CMD ["node", ${quoted}, "dist/apps/relay/src/main.js"]`);
    expect(file('docker/Dockerfile')).toContain(`RUN node ${RELAY_ARGS.join(' ')} -e "const { keepCompiledPackages }`);
    expect(file('docs/operations.md')).toContain(`node ${RELAY_ARGS.join(' ')} dist/apps/relay/src/main.js`);
  });
});
