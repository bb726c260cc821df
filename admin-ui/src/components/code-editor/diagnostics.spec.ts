import { Text } from '@codemirror/state';
import { diagnosticsOf } from './diagnostics';

const text = Text.of(['name: x', 'rules: []']);
const at = (line: number, column: number) =>
  diagnosticsOf(text, [{ line, column, message: 'm', severity: 'error' }])[0];

describe('problems in the editor', () => {
  it('are marked from their place to the end of the line', () => {
    expect(at(2, 8)).toMatchObject({ from: 15, to: 17, message: 'm', severity: 'error' });
  });

  it('stay within a text that has become shorter', () => {
    expect(at(99, 99)).toMatchObject({ from: 17, to: 17 });
    expect(at(0, 0)).toMatchObject({ from: 0 });
  });
});
