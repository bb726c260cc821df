import { LanguageDetector } from './language-detector';

const detector = new LanguageDetector();
beforeAll(() => detector.load());

describe('LanguageDetector', () => {
  it.each([
    ['en', 'Could you have a look at the second paragraph?'],
    ['de', 'Wie lange dauert die Fahrt nach Bremen?'],
    ['fr', 'Je cherche une recette sans gluten pour ce soir.'],
    ['es', '¿Me puedes recomendar una novela corta?'],
    ['it', 'Quanto tempo ci vuole per arrivare a Bologna?'],
    ['pt', 'Qual é o melhor horário para ligar para você?'],
    ['nl', 'Waar kan ik hier in de buurt fietsen huren?'],
    ['pl', 'Gdzie mogę kupić bilet na tramwaj?'],
    ['ru', 'Сколько стоит билет до Казани?'],
    ['ar', 'أين يمكنني أن أجد طبيبا قريبا من هنا؟'],
  ])('tells %s by its n-grams: %s', (language, text) => expect(detector.detect(text)).toBe(language));

  it.each([
    ['zh', '为什么'],
    ['ja', '今日は暑いね'],
    ['ko', '안녕'],
    ['el', 'γεια'],
    ['th', 'สวัสดี'],
  ])('tells %s by its script, however short: %s', (language, text) => expect(detector.detect(text)).toBe(language));

  it.each([
    ['too short', 'ok'],
    ['numbers', '12 + 30 = 42'],
    ['a formula', '(a + b)^2 = a^2 + 2ab + b^2'],
    ['code', 'def area(r):\n    return 3.14 * r ** 2'],
    ['code in a block', '```js\nconst longName = otherFunction(argument);\n```'],
    ['an address', 'https://example.org/some/long/path/of/words'],
    ['control characters', '\u0000\u0001\u0002'],
    ['lone surrogates', '\ud800\udfff\udfff'],
    ['nothing', ''],
  ])('says und for %s', (_, text) => expect(detector.detect(text)).toBe('und'));

  it('looks at what was written around code, not at the code', () => {
    const code = 'const total = items.reduce((sum, item) => sum + item.price, 0);\n'.repeat(20);
    expect(detector.detect(`Warum ist das so langsam?\n${code}`)).toBe('de');
    expect(detector.detect(`\`\`\`ts\n${code}\`\`\`\nPourquoi est-ce que cela ne marche pas ?`)).toBe('fr');
  });

  it('tells Chinese with a name in Latin letters, and Japanese with many Han characters', () => {
    expect(detector.detect('请用 Python 解释 asyncio')).toBe('zh');
    expect(detector.detect('東京都知事選挙の結果')).toBe('ja');
  });
});

it('tells languages by their script alone before the n-grams are loaded', () => {
  const fresh = new LanguageDetector();
  expect(fresh.detect('안녕하세요')).toBe('ko');
  expect(fresh.detect('Could you have a look at the second paragraph?')).toBe('und');
});
