import type { Filler } from './template';

/**
 * What questions are about. Of the names of places, products, people and kinds more than half (104 of 180 without capitals), of units and
 * currencies 14 of 74, are in no word list of the guards: they have to be told apart without knowing them.
 */
const each = (text: string): Filler[] => text.split(',').map((word) => [word.trim()]);

export const SMALL_NUMBERS: readonly Filler[] = [
  ['2', 'two'],
  ['3', 'three'],
  ['4', 'four'],
  ['5', 'five'],
  ['6', 'six'],
  ['7', 'seven'],
  ['8', 'eight'],
  ['9', 'nine'],
  ['12', 'twelve'],
  ['15', 'fifteen'],
  ['20', 'twenty'],
  ['25', 'twenty-five'],
  ['40', 'forty'],
];
export const LARGE_NUMBERS: readonly Filler[] = [
  ['1,000', '1000', 'one thousand'],
  ['2,500', '2500'],
  ['10,000', '10000', '10k', 'ten thousand'],
  ['15,000', '15000', '15k'],
  ['50,000', '50000', '50k', 'fifty thousand'],
  ['75,000', '75000'],
  ['100,000', '100000', '100k'],
  ['250,000', '250000', '250k'],
  ['1 million', '1,000,000', 'one million'],
  ['2 million', '2,000,000'],
];
export const PERCENTAGES: readonly Filler[] = [
  ['5%', '5 percent', 'five percent'],
  ['8%', '8 percent'],
  ['10%', '10 percent', 'ten percent'],
  ['15%', '15 percent'],
  ['18%', '18 percent'],
  ['20%', '20 percent', 'twenty percent'],
  ['25%', '25 percent'],
  ['2.5%', '2.5 percent'],
  ['7.5%', '7.5 percent'],
];
export const LENGTHS: readonly Filler[] = [
  ['miles', 'mi'],
  ['feet', 'ft'],
  ['yards', 'yd'],
  ['inches'],
  ['meters', 'metres'],
  ['centimeters', 'cm'],
  ['kilometers', 'km'],
  ['furlongs'],
  ['fathoms'],
  ['nautical miles'],
  ['light years'],
];
export const WEIGHTS: readonly Filler[] = [
  ['pounds', 'lbs'],
  ['ounces', 'oz'],
  ['kilograms', 'kg'],
  ['grams'],
  ['stones'],
  ['carats'],
  ['tonnes'],
  ['milligrams', 'mg'],
  ['grains'],
];
export const VOLUMES: readonly Filler[] = [
  ['cups'],
  ['tablespoons', 'tbsp'],
  ['teaspoons', 'tsp'],
  ['liters', 'litres'],
  ['milliliters', 'ml'],
  ['gallons'],
  ['pints'],
  ['quarts'],
  ['bushels'],
  ['drams'],
];
export const DATA: readonly Filler[] = [
  ['megabytes', 'MB'],
  ['gigabytes', 'GB'],
  ['terabytes', 'TB'],
  ['kilobytes', 'KB'],
  ['petabytes'],
  ['exabytes'],
];
export const PERIODS: readonly Filler[] = each('day, week, month, quarter, fortnight, semester, year, decade');
export const CURRENCIES: readonly Filler[] = [
  ['dollars', 'USD'],
  ['euros', 'EUR'],
  ['pounds sterling', 'GBP'],
  ['yen', 'JPY'],
  ['rupees', 'INR'],
  ['baht'],
  ['dirhams'],
  ['forints'],
  ['Swiss francs'],
  ['shekels'],
];
/** As they are written for short; of some no list knows the sign. */
export const MONEY_SIGNS: readonly Filler[] = [
  ['$', 'dollars', 'USD'],
  ['€', 'euros', 'EUR'],
  ['£', 'GBP'],
  ['₹', 'rupees'],
  ['¥', 'yen'],
  ['₽', 'rubles'],
  ['₩', 'KRW'],
  ['₺', 'lira'],
  ['₸'],
  ['₾'],
];
export const DOLLARS: readonly Filler[] = [
  ['US$', 'US dollars', 'USD'],
  ['A$', 'Australian dollars', 'AUD'],
  ['C$', 'Canadian dollars', 'CAD'],
  ['HK$', 'Hong Kong dollars', 'HKD'],
  ['Jamaican dollars'],
  ['Namibian dollars'],
];
export const TEMPERATURES: readonly Filler[] = [
  ['°C', 'degrees Celsius', 'Celsius'],
  ['°F', 'degrees Fahrenheit', 'Fahrenheit'],
  ['kelvin'],
  ['degrees Rankine'],
];

export const DAYS: readonly Filler[] = [
  ['March 5', '5 March', 'March 5th', 'the 5th of March'],
  ['March 15', '15 March', 'March 15th', 'the 15th of March'],
  ['June 1', '1 June', 'June 1st'],
  ['July 1', '1 July', 'July 1st'],
  ['October 12', '12 October', 'October 12th'],
  ['November 12', '12 November', 'November 12th'],
  ['December 3', '3 December', 'December 3rd', 'the 3rd of December'],
  ['January 31', '31 January', 'January 31st'],
  ['April 30', '30 April', 'April 30th'],
  ['August 8', '8 August', 'August 8th'],
];
export const MONTHS: readonly Filler[] = each(
  'January, February, March, April, June, July, August, September, October, November, December',
);
export const WEEKDAYS: readonly Filler[] = each('Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday');
export const YEARS: readonly Filler[] = each('1871, 1914, 1945, 1969, 1989, 1991, 2001, 2008, 2012, 2016, 2019, 2020');
export const FEASTS: readonly Filler[] = each(
  'Easter, Christmas, Thanksgiving, Diwali, Ramadan, Hanukkah, Halloween, Lunar New Year, Pentecost, Holi',
);
export const HOURS: readonly Filler[] = [
  ['9 am', '9:00 am', '9am'],
  ['10 am', '10:00 am', '10am'],
  ['5 pm', '5:00 pm', '17:00'],
  ['6 pm', '6:00 pm', '18:00'],
  ['7:30 pm', '19:30'],
  ['8:30 pm', '20:30'],
  ['noon'],
  ['midnight'],
];
export const AGES: readonly Filler[] = each(
  'early 1900s, late 1900s, 17th century, 18th century, 19th century, Bronze Age, Iron Age, Middle Ages, Renaissance',
);

export const PYTHONS: readonly Filler[] = [
  ['Python 3.8', 'Python version 3.8'],
  ['Python 3.9', 'Python version 3.9'],
  ['Python 3.10', 'Python version 3.10'],
  ['Python 3.11', 'Python version 3.11'],
  ['Python 3.12', 'Python version 3.12'],
  ['Python 2.7', 'Python version 2.7'],
  ['Python 3.1'],
];
export const RELEASES: readonly Filler[] = [
  ['Node 18', 'Node.js 18'],
  ['Node 20', 'Node.js 20'],
  ['Node 22', 'Node.js 22'],
  ['Angular 15'],
  ['Angular 17'],
  ['PostgreSQL 14', 'Postgres 14'],
  ['PostgreSQL 16', 'Postgres 16'],
  ['Java 11'],
  ['Java 17'],
  ['Java 21'],
  ['Laravel 9'],
  ['Laravel 11'],
  ['Blender 3.6'],
  ['Blender 4.1'],
  ['Godot 3.5'],
  ['Godot 4.2'],
  ['Zig 0.11'],
  ['Zig 0.13'],
];
export const SEMVERS: readonly Filler[] = each('1.2.3, 1.2.4, 1.3.2, 2.0.0, 2.0.1, 2.1.0, 10.4.2, 10.4.12');
export const MODELS: readonly Filler[] = each(
  'iPhone 13, iPhone 14, iPhone 15 Pro, Galaxy S22, Galaxy S23, Pixel 7, Pixel 8, PlayStation 4, PlayStation 5, Windows 10, Windows 11, Kindle Scribe, Kindle Oasis, Fairphone 4, Fairphone 5',
);

export const COUNTRIES: readonly Filler[] = each(
  'France, Germany, Spain, Italy, Portugal, Norway, Sweden, Finland, Poland, Greece, Japan, Thailand, Vietnam, Kenya, Ghana, Peru, Chile, Canada, Brazil, Burkina Faso, Vanuatu, Kiribati, Lesotho, Moldova, Liechtenstein, Suriname, Djibouti, Tajikistan, Eritrea, Palau',
);
export const CITIES: readonly Filler[] = each(
  'London, Paris, Berlin, Madrid, Rome, Vienna, Tokyo, Sydney, Boston, Chicago, Austin, Denver, Ghent, Leipzig, Bologna, Tbilisi, Antwerp, Uppsala, Ljubljana, Winnipeg, Cusco, Mombasa, Da Nang, Aarhus, Split',
);
export const LANGUAGES: readonly Filler[] = each(
  'French, German, Spanish, Italian, Japanese, Korean, Swedish, Polish, Turkish, Yoruba, Quechua, Basque, Icelandic, Pashto, Maori, Frisian',
);
export const PROGRAMMING: readonly Filler[] = each(
  'Python, JavaScript, Java, Rust, Ruby, PHP, Kotlin, Go, Julia, Nim, OCaml, Prolog, Ada, Elm, Crystal',
);
export const COMPANIES: readonly Filler[] = each(
  'Google, Microsoft, Amazon, Netflix, Spotify, Tesla, Samsung, Siemens, Philips, Zalando, Klarna, Ryanair, Nestlé, Unilever, Ericsson, Bosch, Lidl, Otto, Delivery Hero, Vestas',
);
export const PEOPLE: readonly Filler[] = each(
  'Mozart, Beethoven, Schubert, Ada Lovelace, Alan Turing, Marie Curie, Niels Bohr, Frida Kahlo, Picasso, Vermeer, Tolstoy, Chekhov, Virginia Woolf, Emmy Noether, Kurt Gödel',
);
export const DRUGS: readonly Filler[] = each(
  'ibuprofen, paracetamol, aspirin, amoxicillin, metformin, lisinopril, sertraline, warfarin, omeprazole, naproxen, prednisone, cetirizine',
);
export const FOODS: readonly Filler[] = each(
  'rice, quinoa, lentils, pork, salmon, spinach, broccoli, asparagus, chickpeas, barley, mussels, tofu, polenta',
);
export const ANIMALS: readonly Filler[] = each(
  'cats, dogs, rabbits, horses, ferrets, hamsters, parrots, geckos, goats, alpacas, chinchillas, hedgehogs',
);
export const ELEMENTS: readonly Filler[] = each(
  'oxygen, helium, iron, zinc, tungsten, boron, xenon, lithium, chromium, palladium, neon, argon',
);
export const PLANETS: readonly Filler[] = each(
  'Mars, Venus, Jupiter, Saturn, Neptune, Ganymede, Titan, Europa, Ceres, Callisto',
);

/** Names, substances and roles of which each is spelled nearly as the other of its pair; most are in no word list of the guards. */
const nearly = (text: string): Filler[][] =>
  text.split(',').map((pair) =>
    pair
      .trim()
      .split('/')
      .map((name) => [name]),
  );

export const NEAR_COUNTRIES = nearly(
  'Austria/Australia, Slovakia/Slovenia, Mauritius/Mauritania, Niger/Nigeria, Iran/Iraq, Dominica/Dominican Republic',
);
export const NEAR_SURNAMES = nearly(
  'Johnson/Johnston, Stevenson/Stephenson, Daniels/Daniell, Hoffman/Hofmann, Petersen/Peterson, Andersen/Anderson',
);
export const NEAR_SUBSTANCES = nearly(
  'prednisone/prednisolone, hydroxyzine/hydroxyurea, clonidine/clonazepam, cefazolin/cefotaxime, nitrate/nitrite, sulfate/sulfite, chloride/chlorine, methane/methanol',
);
export const NEAR_ROLES = nearly(
  'insurer/insured, licensor/licensee, trainer/trainee, interviewer/interviewee, grantor/grantee, lessor/lessee, mentor/mentee',
);
export const NEAR_SOFTWARE = nearly('Angular/AngularJS, Angular/AngularDart, Redis/Redux, Prisma/Prism, Django/Djinni');

export const STRINGS: readonly Filler[] = each(
  '"connection refused", "permission denied", "out of memory", "file not found", "invalid token", "broken pipe", "segmentation fault", "no route to host", "quota exceeded", "disk full"',
);
export const WORDS: readonly Filler[] = each(
  '"serendipity", "melancholy", "ubiquitous", "ephemeral", "petrichor", "sonder", "quixotic", "laconic", "gregarious", "obsequious"',
);
export const TITLES: readonly Filler[] = each(
  '"Hamlet", "Macbeth", "Dune", "Emma", "Ulysses", "Persuasion", "Solaris", "Beloved", "Middlemarch", "Neuromancer"',
);
export const FILES: readonly Filler[] = each(
  'config.yaml, config.json, settings.py, main.rs, Dockerfile.dev, package.json, tsconfig.json, nginx.conf, app.module.ts, schema.prisma',
);
export const CODES: readonly Filler[] = each(
  'E1042, E1043, E2042, 0x80070057, 0x80070005, ERR-5531, ERR-5513, QX-17B, QX-71B, F05, F50',
);
export const STATUSES: readonly Filler[] = each('400, 401, 403, 404, 409, 418, 429, 500, 502, 503, 504');
export const FORMS: readonly Filler[] = each('W-2, W-4, W-9, 1040, 1099, I-9, I-20, I-94, DS-160, N-400');
export const ROUTERS: readonly Filler[] = each(
  'XR500, XR700, AX1800, AX3000, RT-AC68U, RT-AX88U, WRT54G, TG-789, DIR-825, DIR-842',
);
export const URLS: readonly Filler[] = each(
  'example.com/docs, example.com/blog, example.org/docs, status.example.com, api.example.com, www.example.net/help',
);

/** What stands before a temperature. */
export const BELOW_ZERO: readonly Filler[] = [['-', '\u2212', 'minus '], ['']];
export const ARITHMETIC: readonly Filler[] = [
  ['+', 'plus'],
  ['-', 'minus', '\u2212'],
  ['*', 'times', '×', 'x'],
  ['/', 'divided by', '÷'],
];
export const COMPARISONS: readonly Filler[] = [
  ['>', 'greater than', 'above'],
  ['<', 'less than', 'below'],
  ['>=', '≥', 'at least'],
  ['<=', '≤', 'at most'],
  ['!=', '≠', 'not equal to'],
  ['=', 'equal to'],
];
/** What a blood group or an ion ends in. */
export const CHARGES: readonly Filler[] = [
  ['+', ' positive'],
  ['-', ' negative'],
];
export const GRADES: readonly Filler[] = each('A+, A, A-, B+, B, B-, C+, C, C-, D+, D');
export const OFFSETS: readonly Filler[] = each('UTC-5, UTC+5, UTC-3, UTC+3, UTC-8, UTC+8, UTC-10, UTC+10');
export const LOGIC: readonly Filler[] = each('a && b, a || b, a & b, a | b, a ^ b, a == b, a = b, a != b');
