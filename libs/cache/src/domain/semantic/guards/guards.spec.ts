import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { GUARD_NAMES, guardPair, guardsAgainst, type GuardName } from './index';
import { readText } from './reading';

const guardsOf = (asked: string, stored: string): GuardName[] => guardPair(asked, stored).map(({ guard }) => guard);

const CACHE_MD = readFileSync(path.resolve(__dirname, '../../../../../../docs/cache.md'), 'utf8');

describe('guards of semantic hits', () => {
  it.each(GUARD_NAMES)('%s is in docs/cache.md', (guard) => {
    expect(CACHE_MD).toContain(`\n| \`${guard}\` |`);
  });

  it.each<[GuardName, string, string]>([
    ['numbers', 'Convert 5 miles to km', 'Convert 6 miles to km'],
    ['numbers', 'convert five miles to km', 'convert six miles to km'],
    ['numbers', 'Convert 5 miles to km', 'Convert 5 miles to meters'],
    ['numbers', 'What is 10% of 200?', 'What is 15% of 200?'],
    ['numbers', 'How to invest $1,000', 'How to invest $10,000'],
    ['numbers', 'Who came in third?', 'Who came in fourth?'],
    ['numbers', 'Is 200 mg of caffeine a lot?', 'Is caffeine a lot?'],
    ['numbers', 'What does an iPhone cost in $?', 'What does an iPhone cost in €?'],
    ['numbers', 'What does an iPhone cost in $?', 'How much is an iPhone in baht?'],
    ['numbers', 'the price of gold in ₺', 'the price of gold in ₽'],
    ['numbers', 'the price of gold in ₸', 'the price of gold in ₾'],
    ['numbers', 'What can I buy for ₩500?', 'What can I buy for ₽500?'],
    ['numbers', 'the price of gold in dollars', 'the price of gold in Australian dollars'],
    ['numbers', 'What is gold in A$?', 'What is gold in C$?'],
    ['numbers', 'How hot is lava in °C?', 'What is the temperature of lava in Fahrenheit?'],
    ['numbers', 'Is 20 °C warm?', 'Is 20 °F warm?'],
    ['numbers', 'the speed of light in m/s', 'How fast is light in km/h?'],
    ['numbers', 'the area of Texas in km²', 'How big is Texas in square miles?'],
    ['numbers', 'How big is it in MB?', 'What is its size in MiB?'],
    ['numbers', 'How long does a download of 5 Gb take?', 'How long does a download of 5 GB take?'],
    ['numbers', 'Is 100 Mbps enough?', 'Is 100 MBps enough?'],
    ['numbers', 'Is 100Mb/s enough?', 'Is 100MB/s enough?'],
    ['numbers', 'convert 5 MB to KB', 'convert 5 Mb to KB'],
    ['numbers', 'Is 1 mW a lot?', 'Is 1 MW a lot?'],
    ['numbers', 'What has 5 mV?', 'What has 5MV?'],
    ['numbers', 'a signal of 5 mHz', 'a signal of 5 MHz'],
    ['numbers', 'How many megabits are there?', 'What number of megabytes is there?'],
    ['direction', 'How do I convert Mb to MB?', 'How do I convert MB to Mb?'],
    ['dates', 'What happened on March 5?', 'What happened on March 15?'],
    ['dates', 'from March 3 to April 5', 'from March 5 to April 3'],
    ['dates', 'inflation in 2019', 'inflation in 2020'],
    ['dates', 'is the shop open on sunday', 'is the shop open on monday'],
    ['dates', 'If it is 5 pm in London', 'If it is 6 pm in London'],
    ['versions', 'What is new in Python 3.11?', 'What is new in Python 3.12?'],
    ['versions', 'What is new in Python 3.1?', 'What is new in Python 3.10?'],
    ['versions', 'changes in v1.2.3', 'changes in v1.3.2'],
    ['literals', 'What does error E1042 mean?', 'What does error E1043 mean?'],
    ['literals', 'what belongs into config.yaml', 'what belongs into config.json'],
    ['literals', 'Is https://example.com/a up?', 'Is https://example.com/b up?'],
    ['literals', 'Who fills in form W-2?', 'Who fills in form W-4?'],
    ['literals', 'What does # mean?', 'What does @ mean?'],
    ['literals', 'What does 😀 mean?', 'Tell me what 😭 means'],
    ['literals', 'Why do I get "broken pipe"?', 'Why do I get "disk full"?'],
    ['literals', 'Translate "hello" to French', 'Translate "goodbye" to French'],
    ['literals', 'Translate "is" to French', 'How is "was" said in French?'],
    ['literals', "When do I write 'affect'?", "When do I write 'effect'?"],
    ['literals', 'When do I write ‘affect’?', 'Where does ‘effect’ belong?'],
    ['literals', 'What does `map` do?', 'What is it that `filter` does?'],
    ['literals', "How do I say 'I don't know'?", "How do I say 'I can't wait'?"],
    ['numbers', 'Convert -40 celsius to fahrenheit', 'Convert 40 celsius to fahrenheit'],
    ['numbers', 'Is \u22125 cold?', 'Is 5 cold?'],
    ['numbers', 'a debt of -$5', 'a debt of $5'],
    ['numbers', 'minus 40 celsius', '40 celsius'],
    ['numbers', 'what is array[-1]', 'what is array[1]'],
    ['numbers', 'What is .5 in percent?', 'What is 5 in percent?'],
    ['numbers', 'How long are 10² seconds?', 'How long are 102 seconds?'],
    ['literals', 'What is 12 * 5?', 'What is 12 - 5?'],
    ['literals', 'What is 12 + 5?', 'What is 12 / 5?'],
    ['literals', 'What is 12 times 5?', 'What is 12 plus 5?'],
    ['literals', 'What is 12 x 5?', 'What is 12 divided by 5?'],
    ['literals', 'What is 7 % 3?', 'What is 7 / 3?'],
    ['literals', 'a != b in SQL', 'a = b in SQL'],
    ['literals', 'where age > 18', 'where age < 18'],
    ['literals', 'where age > 18', 'where age >= 18'],
    ['literals', 'what is a && b', 'what is a || b'],
    ['literals', 'What blood can O- receive?', 'What blood can O+ receive?'],
    ['literals', 'What is an A+?', 'What is an A?'],
    ['literals', 'the derivative of -x', 'the derivative of x'],
    ['literals', 'the integral of |x|', 'the integral of x'],
    ['literals', 'What is 5!?', 'What is 5?'],
    ['literals', 'if (!found)', 'if (found)'],
    ['literals', 'Who lives at UTC-5?', 'Who lives at UTC+5?'],
    ['direction', 'What is 12 / 4?', 'What is 4 / 12?'],
    ['direction', 'a - b + c', 'a + b - c'],
    ['entities', 'What is the capital of France?', 'Tell me the capital of Spain'],
    ['entities', 'how do i reverse a list in rust', 'reverse a list using haskell'],
    ['entities', 'Where was Noether born?', 'In which town was Galois born?'],
    ['entities', 'Which foods contain vitamin C?', 'What is vitamin D found in?'],
    ['entities', 'Write a sort in C', 'How do I write a sort in Go?'],
    ['entities', 'When is noon EST in London?', 'When is noon PST in London?'],
    ['entities', 'Do dogs dream at all?', 'What is it that a cat dreams of?'],
    ['entities', 'How long do I cook chicken?', 'What is the best way to cook beef?'],
    ['entities', 'Why do chickens sleep so little?', 'How many hours does a cow sleep?'],
    ['negation', 'Which mushrooms are safe to eat?', 'Which mushrooms are not safe to eat?'],
    ['negation', 'Why can people with tattoos give blood?', "Why can't people with tattoos give blood?"],
    ['negation', 'coffee with milk without sugar', 'coffee with sugar without milk'],
    ['antonyms', 'enable 2FA', 'disable 2FA'],
    ['antonyms', 'How do I turn on 2FA?', 'How do I turn off 2FA?'],
    ['antonyms', 'How do I turn off 2FA?', 'enable 2FA'],
    ['antonyms', 'How do I lock my screen?', 'What unlocks my screen?'],
    ['antonyms', 'What to eat before a run', 'What to eat after a run'],
    ['antonyms', 'Do all birds fly?', 'Do some birds fly?'],
    ['antonyms', 'delete all old files', 'delete only old files'],
    ['numbers', 'a pill every day', 'a pill every other day'],
    ['substitution', 'What is a third of 60?', 'What is a quarter of 60?'],
    ['antonyms', 'What must the licensor pay?', 'Which costs does the licensee bear?'],
    ['antonyms', 'How do I treat hypertension?', 'What helps against hypotension?'],
    ['antonyms', 'Is nitrate in the water harmful?', 'How harmful is water with nitrite?'],
    ['antonyms', 'Is chloride harmful?', 'How harmful is chlorine?'],
    ['antonyms', 'Is it legal to film here?', 'Is it illegal to film here?'],
    ['direction', 'trains from Berlin to Ghent', 'trains from Ghent to Berlin'],
    ['direction', 'How do I convert miles to km?', 'How do I convert km to miles?'],
    ['direction', 'Did Ghana beat Peru?', 'Did Peru beat Ghana?'],
    ['direction', 'Do Norwegian women like Danish men?', 'Do Danish women like Norwegian men?'],
    ['substitution', 'who can get type a blood', 'who can get type b blood'],
    ['substitution', 'what does ctrl z do', 'what does ctrl y do'],
    ['substitution', 'what vaccinations do geckos need', 'what vaccinations do alpacas need'],
    ['substitution', 'the usual dose of prednisone', 'the usual dose of prednisolone'],
    ['substitution', 'the usual dose of hydroxyzine', 'the usual dose of hydroxyurea'],
    ['substitution', 'What is nitrate?', 'What is nitrite?'],
    ['substitution', 'is chloride bad for fish', 'is chlorine bad for fish'],
    ['substitution', 'treatment of hyperglycemia at home', 'treatment of hypoglycemia at home'],
    ['substitution', 'what does the insurer have to prove', 'what does the insured have to prove'],
    ['substitution', 'what does the licensor have to prove', 'what does the licensee have to prove'],
    ['substitution', 'what do I pay a trainer', 'what do I pay a trainee'],
    ['substitution', 'how do I sign a contract', 'how do I sign a contact'],
    ['substitution', 'is the climate of mauritius dry', 'is the climate of mauritania dry'],
    ['substitution', 'is daniel a common name', 'is danielle a common name'],
    ['entities', 'Is the climate of Mauritius dry?', 'How dry is the climate in Mauritania?'],
    ['entities', 'Is the climate of Austria dry?', 'How dry is the climate in Australia?'],
    ['entities', 'is the climate of slovakia dry', 'how dry is the climate in slovenia'],
    ['entities', 'Where was Lyndon Johnson born?', 'In which town was Lyndon Johnston born?'],
    ['entities', 'Is Daniel a common name?', 'How common is the name Danielle?'],
    ['entities', 'How do I test Angular?', 'What is the way to test AngularJS?'],
  ])('%s: "%s" is not answered by "%s", nor the other way round', (guard, asked, stored) => {
    expect(guardsOf(asked, stored)).toContain(guard);
    expect(guardsOf(stored, asked)).toContain(guard);
  });

  it.each([
    ['Convert 5 miles to km', 'convert five mi to kilometers'],
    ['Convert 5 miles to km', 'How many km are 5 miles?'],
    ['1,000 dollars', '$1000'],
    ['What is 5 gb in mb?', 'What is 5 GB in MB?'],
    ['What is 5 kB in bytes?', 'What is 5 KB in bytes?'],
    ['What is 5 Gbit in bytes?', 'What are 5 gigabits in bytes?'],
    ['Is 100 mbps enough?', 'Is 100Mbps enough?'],
    ['Is 5 kw enough?', 'Is 5 kW enough?'],
    ['Was MJ a singer?', 'was mj a singer'],
    ['2.5 million', '2,500,000'],
    ['What does an iPhone cost in $?', 'What does an iPhone cost in dollars?'],
    ['What does an iPhone cost in USD?', 'How much is an iPhone in US dollars?'],
    ['What does an iPhone cost in US$?', 'How much is an iPhone in $?'],
    ['What does an iPhone cost in £?', 'What does an iPhone cost in pounds?'],
    ['What does an iPhone cost in GBP?', 'What does an iPhone cost in pounds sterling?'],
    ['What is gold in A$?', 'What is gold in Australian dollars?'],
    ['How many kg are 5 pounds?', 'How many kg are 5 lbs?'],
    ['Is 20°C warm?', 'Is 20 degrees Celsius warm?'],
    ['the speed of light in km/h', 'the speed of light in kilometers per hour'],
    ['how do i reset it', 'how do u reset it'],
    ['tea & coffee', 'tea/coffee'],
    ['Who is the president of the U.S.?', 'Who is the president of the USA?'],
    ['How long is a mile in km?', 'How long is 1 mile in km?'],
    ['What happened on March 5th, 2021?', 'What happened on 5 March 2021?'],
    ['events on 2021-03-05', 'events on the 5th of March 2021'],
    ['open at 5:30 pm', 'open at 17:30'],
    ['What is new in Python 3.11?', 'Which features came with Python version 3.11?'],
    ['iphone14 battery', 'iPhone 14 battery'],
    ['Who needs form W-2?', 'who needs form W2'],
    ['What is the capital of the United States?', 'What is the capital of the USA?'],
    ['How do I reset my password?', 'What is the way to reset my password?'],
    ["I can't log in", 'I cannot log in'],
    ['My card has not arrived', 'My card is still on its way'],
    ["Why isn't Norway a member?", 'Why is Norway not a member?'],
    ['What is the difference between cats and dogs?', 'What is the difference between dogs and cats?'],
    ['Is tea or coffee better?', 'Is coffee or tea better?'],
    ['How do I buy a house?', 'How can I purchase a house?'],
    ['WHAT IS AN API?', 'what is an api'],
    ['What is 12 * 5?', 'What is 12 × 5?'],
    ['What is 12 * 5?', 'what is 12 times 5'],
    ['Is -40 celsius cold?', 'Is minus 40 celsius cold?'],
    ['x > 3', 'x greater than 3'],
    ['What blood can O- receive?', 'What blood can O negative receive?'],
    ['What does Disney+ cost?', 'What does Disney plus cost?'],
    ['bake for 5-10 minutes', 'bake for 5 to 10 minutes'],
    ["What is 'ennui'?", 'What is "ennui"?'],
    ["What is the dogs' food and the cats' bed?", 'What is the food of the dogs and the bed of the cats?'],
    ["rock 'n' roll of the '90s, the 'real' one", 'rock n roll of the 90s, the real one'],
    ['a pill every other day', 'a pill every 2 days'],
    ['Who is the inventor of the telephone?', 'Who invented the telephone?'],
    ['What is the definite article?', 'What is the definate article?'],
    ['UTF-8 and/or ASCII', 'UTF 8 and or ASCII'],
  ])('"%s" may be answered by "%s"', (asked, stored) => {
    expect(guardPair(asked, stored)).toEqual([]);
    expect(guardPair(stored, asked)).toEqual([]);
  });

  it.each(
    [
      'insurance/insurence receive/recieve appointment/appointmnet government/goverment necessary/neccessary separate/seperate',
      'definitely/definately calendar/calender environment/enviroment address/adress account/acount balance/balence',
      'transfer/tranfer password/pasword connection/conection medicine/medecine temperature/temprature business/buisness',
      'language/langauge interest/intrest accommodation/accomodation schedule/shedule delivery/delivary successful/successfull',
      'mortgages/mortgage develops/developed developing/develop certificate/certification invest/investment organise/organize',
      'color/colour center/centre travelling/traveled defence/defense legal/legally different/difference important/importance',
      'immigrate/immigration graduate/graduation independent/independence beautiful/beauty profit/profitable pokémon/pokemon',
    ].flatMap((line) => line.split(' ').map((pair) => pair.split('/') as [string, string])),
  )('a slip of the pen, another spelling or another ending makes no other question: "%s", "%s"', (one, other) => {
    const [asked, stored] = [`how do I write about ${one} in an essay`, `how do I write about ${other} in an essay`];
    expect(guardPair(asked, stored)).toEqual([]);
    expect(guardPair(stored, asked)).toEqual([]);
  });

  it.each([
    ['Is coffee bad for a dog?', 'Is it bad to skip breakfast?'],
    ['Which fruits are red?', 'Which fruits are eaten for lunch?'],
    ['What is the melting point of copper?', 'Which metal do I use in the winter?'],
  ])('names of two kinds do not contradict each other: "%s", "%s"', (asked, stored) => {
    expect(guardsOf(asked, stored)).not.toContain('entities');
    expect(guardsOf(stored, asked)).not.toContain('entities');
  });

  it.each([
    ['covid-19 symptoms', 'covid 19 symptoms'],
    ['a well-known 5-year-old', 'a well known 5 year old'],
    ['a T-shirt, an x-ray, a co-op', 'a T shirt, an x ray, a co op'],
    ['pre- and postwar', 'pre and postwar'],
    ['Python - how do I sort?', 'Python: how do I sort?'],
    ['To buy:\n- eggs\n- 3 apples\n* a cake', 'To buy: eggs, 3 apples, a cake'],
    ['**What** is *this*?', 'What is ~~this~~?'],
    ['Run:\n```\nsort file\n```', 'Run: `sort file`'],
    ['| name |\n|------|\n| rust |', 'name rust'],
    ['Hello! Is it done!', 'hello, is it done'],
    ['3 times a day', 'three times a day'],
    ['50%-60% off', '50 % - 60 % off'],
  ])('hyphens, dashes, bullets, emphasis and tables say nothing: "%s", "%s"', (one, other) => {
    expect(readText(one).plain).toBe(readText(other).plain);
  });

  it('tells what contradicts what', () => {
    expect(guardPair('Convert 5 miles to km', 'Convert 6 miles to km')).toEqual([
      { guard: 'numbers', asked: '5', stored: '6' },
    ]);
  });

  it.each([
    ['Wie schalte ich 2FA ein, ohne Handy?', 'Wie schalte ich 2FA ein mit Handy?'],
    ['Kann ich das Konto aktivieren?', 'Kann ich das Konto deaktivieren?'],
    ['Comment ouvrir le compte ?', 'Comment fermer le compte ?'],
    ['¿Cómo puedo comprar acciones?', '¿Cómo puedo vender acciones?'],
    ['Züge von Berlin nach Wien', 'Züge von Wien nach Berlin'],
    ['Was geschah am 5. März?', 'Was geschah am 15. März?'],
  ])('knows a little German, French and Spanish: "%s", "%s"', (asked, stored) => {
    expect(guardPair(asked, stored)).not.toEqual([]);
  });

  it('finds nothing in two texts that differ in case and punctuation only', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(guardPair(text, text)).toEqual([]);
        expect(guardPair(text, ` ${text} ?!`.replace(/\s/g, '  '))).toEqual([]);
      }),
    );
  });

  it('finds against each of several what it finds against it alone', () => {
    const against = guardsAgainst('Convert 5 miles to km');
    const stored = [
      'Convert 6 miles to km',
      'convert 5 miles to km!',
      'Convert 5 miles to km',
      'Convert 5 km to miles',
    ];
    expect(stored.map((each) => against(each).map(({ guard }) => guard))).toEqual([['numbers'], [], [], ['direction']]);
  });

  it('finds a contradiction from either side', () => {
    const words = fc.array(
      fc.constantFrom(
        'from',
        'Paris',
        'to',
        'Rome',
        '5',
        'six',
        'not',
        'without',
        'sugar',
        'enable',
        'disable',
        'v2',
        '"x"',
        'May',
        '2020',
        '-5',
        '-',
        '+',
        '>',
        'O-',
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(words, words, (a, b) => {
        const [asked, stored] = [a.join(' '), b.join(' ')];
        expect(guardPair(asked, stored).length > 0).toBe(guardPair(stored, asked).length > 0);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    'a',
    '1',
    '1,',
    '.',
    '-',
    '-1',
    '5 - ',
    '!a',
    'a+',
    "'",
    '"',
    '@',
    'a.',
    'a-1',
    '1:1 ',
    'http://',
    'not ',
    'from a to b ',
    '\u0301',
    '😀',
    ' ',
    'ﷺ',
  ])('comes to an end on 100 kB of %j', (piece) => {
    const text = piece.repeat(100_000 / piece.length);
    // A pattern that backtracks would not end before the test is given up.
    expect(Array.isArray(guardPair(text, `${text.slice(1)}x`))).toBe(true);
  });
});
