import { cpuMs } from '@relay/testing';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { estimateTokens } from './estimate-tokens';

const off = (text: string): number => Math.abs(estimateTokens(text) / countTokens(text) - 1);

const ENGLISH = `The committee met on Tuesday to discuss the plans for the new library. Most members agreed that the building should have
more windows, but some of them were worried about the price. A decision will be made before the end of the month.`;
const CODE = `for (const line of lines) {\n  const [name, value] = line.split('=');\n  if (name && value) settings.set(name.trim(), Number(value));\n}\n`;

describe('the token estimate', () => {
  it.each([
    ['English', ENGLISH],
    ['code', CODE],
    [
      'German',
      'Der Zug nach Hamburg fährt heute von einem anderen Gleis ab, deshalb sollten wir uns ein wenig beeilen.',
    ],
    ['Russian', 'Мы договорились встретиться у входа в музей, но автобус опоздал почти на полчаса.'],
    ['Arabic', 'وصل القطار متأخرا هذا الصباح بسبب الأمطار الغزيرة، فتأخر كثير من الناس عن أعمالهم.'],
    ['Hindi', 'आज सुबह से तेज़ बारिश हो रही है, इसलिए बच्चे स्कूल नहीं जा सके और घर पर ही खेल रहे हैं।'],
    ['Chinese', '今天早上下了很大的雨，孩子们没有去学校，都在家里看书和画画。'],
    ['Japanese', '今朝は大雨だったので、子どもたちは学校へ行かず、家で本を読んだり絵を描いたりしていました。'],
    ['Korean', '오늘 아침에는 비가 많이 와서 아이들이 학교에 가지 못하고 집에서 책을 읽었습니다.'],
    ['numbers', '2024-05-01,1048.50,33\n2024-05-02,997.25,31\n2024-05-03,1103.00,38\n'],
  ])('is within 30% of the tokenizer for a few lines of %s', (_name, text) => {
    expect(off(text)).toBeLessThan(0.3);
  });

  it('is within 10% of the tokenizer for a page of English', () => {
    expect(off(`${ENGLISH}\n`.repeat(20))).toBeLessThan(0.1);
  });

  it('counts nothing in nothing, and something in anything else', () => {
    expect([estimateTokens(''), estimateTokens(' '), estimateTokens('\u0007'), estimateTokens('a')]).toEqual([
      0, 1, 1, 1,
    ]);
  });

  it('reads a sample of a long text, and is as good as if it read all of one that is alike throughout', () => {
    const page = `${ENGLISH} ${CODE}`;
    const expected = (estimateTokens(page.repeat(20)) / 20) * 20_000;
    expect(estimateTokens(page.repeat(20_000)) / expected).toBeCloseTo(1, 1);
  });

  it('sees both halves of a long text', () => {
    const [first, second] = [ENGLISH.repeat(1_000), '今天早上下了很大的雨，孩子们没有去学校。'.repeat(10_000)];
    const expected =
      estimateTokens(first.slice(0, 60_000)) * (first.length / 60_000) +
      countTokens(second.slice(0, 20_000)) * (second.length / 20_000);
    expect(Math.abs(estimateTokens(first + second) / expected - 1)).toBeLessThan(0.15);
  });

  it('is not slowed down by what it is given', () => {
    for (const text of [
      'a'.repeat(10_000_000),
      ' '.repeat(10_000_000),
      '\0'.repeat(10_000_000),
      'a1'.repeat(5_000_000),
    ]) {
      text.charCodeAt(0); // `repeat` builds the text when it is first read
      expect(cpuMs(() => void estimateTokens(text))).toBeLessThan(50); // it takes 0.2 ms
    }
  });
});
