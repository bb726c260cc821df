import { boundDepth, countValues, MAX_DEPTH, MAX_LISTS, MAX_VALUES } from './json-shape';

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
const elements = (count: number, element: string): Buffer => Buffer.from(`[${Array(count).fill(element).join(',')}]`);

it('takes values up to a depth, and refuses deeper ones without running out of stack', () => {
  expect(boundDepth(nested(MAX_DEPTH)).ok).toBe(true);
  expect(boundDepth(nested(MAX_DEPTH + 2))).toMatchObject({ ok: false, error: { code: 'invalid_request' } });
  expect(boundDepth({ a: [nested(7_000)] }).ok).toBe(false);
});

it('counts what large bodies hold, and not what their texts say', () => {
  expect(countValues(elements(MAX_VALUES, '1')).ok).toBe(true);
  expect(countValues(elements(MAX_VALUES + 2, '1'))).toMatchObject({ ok: false, error: { code: 'invalid_request' } });
  const said = JSON.stringify({ text: ',"\\,'.repeat(MAX_VALUES) });
  expect(countValues(Buffer.from(said)).ok).toBe(true);
  expect(countValues(Buffer.from(`${said.slice(0, -2)}`)).ok).toBe(true); // torn: the parser's to say
});

it.each(['[ ', '{"a":'])('counts lists and objects that lie in one another without a comma (%s)', (open) => {
  expect(countValues(Buffer.from(open.repeat(MAX_LISTS))).ok).toBe(true);
  expect(countValues(Buffer.from(open.repeat(MAX_LISTS + 1)))).toMatchObject({
    ok: false,
    error: { code: 'invalid_request' },
  });
});
