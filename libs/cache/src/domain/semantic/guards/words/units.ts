import { tokensOf, type Token } from '../tokens';
import { CURRENCIES, isCurrencySign } from './currencies';

/** Canonical name of a unit and how it is written; `_` stands for a space. */
const SPELLINGS: Readonly<Record<string, string>> = {
  mile: 'mile miles mi meile meilen',
  km: 'km kms kilometer kilometers kilometre kilometres',
  meter: 'meter meters metre metres',
  cm: 'cm cms centimeter centimeters centimetre centimetres',
  mm: 'mm millimeter millimeters millimetre millimetres',
  inch: 'inch inches zoll',
  foot: 'foot feet ft',
  yard: 'yard yards yd',
  sqm: 'sqm square_meter square_meters square_metre square_metres',
  km2: 'km2 sq_km square_km square_kilometer square_kilometers square_kilometre square_kilometres',
  ft2: 'ft2 sqft sq_ft square_foot square_feet',
  mi2: 'mi2 sq_mi square_mile square_miles',
  acre: 'acre acres',
  hectare: 'hectare hectares ha',
  kg: 'kg kgs kilo kilos kilogram kilograms kilogramm',
  gram: 'gram grams gramm',
  mg: 'mg milligram milligrams',
  pound: 'pounds',
  lb: 'lb lbs',
  ounce: 'oz ounce ounces',
  tonne: 'tonne tonnes ton tons',
  liter: 'liter liters litre litres',
  ml: 'ml milliliter milliliters',
  gallon: 'gallon gallons',
  pint: 'pint pints',
  cup: 'cup cups',
  tablespoon: 'tablespoon tablespoons tbsp',
  teaspoon: 'teaspoon teaspoons tsp',
  quart: 'quart quarts',
  celsius: degrees('celsius centigrade', 'c'),
  fahrenheit: degrees('fahrenheit', 'f'),
  kelvin: degrees('kelvin', 'k'),
  degree: 'degree degrees °',
  second: 'seconds sec secs',
  minute: 'minute minutes min mins minuten',
  hour: 'hour hours hr hrs stunde stunden heures horas',
  day: 'day days tag tage tagen jours dias días',
  week: 'week weeks woche wochen',
  month: 'month months monat monate',
  year: 'year years yr yrs jahr jahre jahren ans años',
  decade: 'decade decades',
  century: 'century centuries',
  byte: 'byte bytes',
  bit: 'bit bits',
  kib: 'kib kibibyte kibibytes',
  mib: 'mib mebibyte mebibytes',
  gib: 'gib gibibyte gibibytes',
  tib: 'tib tebibyte tebibytes',
  kb: 'kb kilobyte kilobytes',
  mb: 'mb megabyte megabytes',
  gb: 'gb gigabyte gigabytes',
  tb: 'tb terabyte terabytes',
  kbit: 'kbit kbits kilobit kilobits',
  mbit: 'mbit mbits megabit megabits',
  gbit: 'gbit gbits gigabit gigabits',
  tbit: 'tbit tbits terabit terabits',
  'kbit/s': 'kbps',
  'mbit/s': 'mbps',
  'gbit/s': 'gbps',
  watt: 'watt watts',
  kw: 'kw kilowatt kilowatts',
  kwh: 'kwh',
  mwh: 'mwh',
  gwh: 'gwh',
  volt: 'volt volts',
  amp: 'amp amps ampere amperes',
  mah: 'mah',
  hz: 'hz hertz',
  mhz: 'mhz',
  ghz: 'ghz',
  joule: 'joule joules',
  kj: 'kj kilojoule kilojoules',
  calorie: 'calorie calories kcal',
  newton: 'newtons',
  pascal: 'pascal pascals',
  psi: 'psi',
  mph: 'mph mi/h mile_per_hour miles_per_hour',
  kmh: 'kmh kph km/h km_per_hour kilometer_per_hour kilometers_per_hour kilometre_per_hour kilometres_per_hour',
  mps: 'm/s meter_per_second meters_per_second metre_per_second metres_per_second',
  knot: 'knots',
  percent: 'percent % prozent',
  permille: 'permille ‰',
  cent: 'cent cents',
  ...CURRENCIES,
};

/** Spelled like everyday words or letters: units only right after a number. */
const AFTER_NUMBERS: Readonly<Record<string, string>> = {
  meter: 'm',
  sqm: 'm2',
  second: 's second',
  hour: 'h',
  gram: 'g',
  liter: 'l',
  celsius: 'c',
  fahrenheit: 'f',
  watt: 'w',
  volt: 'v',
  amp: 'a',
  lb: 'pound pounds',
  stone: 'stone stones',
  bar: 'bar bars',
  inch: '"',
  gbp: 'quid',
  day: 'd',
  year: 'y',
  byte: 'b',
};

/** By their case: read before the others, which do not look at it, so that `5 gb` stays what most mean by it. */
const BY_CASE: Readonly<Record<string, string>> = {
  kbit: 'Kb',
  mbit: 'Mb',
  gbit: 'Gb',
  tbit: 'Tb',
  'kb/s': 'kBps KBps',
  'mb/s': 'MBps',
  'gb/s': 'GBps',
  millihertz: 'mHz',
};

/** By their case, and letters of much else: units only right after a number. */
const BY_CASE_AFTER_NUMBERS: Readonly<Record<string, string>> = {
  milliwatt: 'mW',
  megawatt: 'MW',
  millivolt: 'mV',
  megavolt: 'MV',
  milliohm: 'mΩ',
  megohm: 'MΩ',
  millijoule: 'mJ',
  megajoule: 'MJ',
  millipascal: 'mPa',
  megapascal: 'MPa',
};

const table = (spellings: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(spellings).flatMap(([unit, words]) =>
      words
        .split(' ')
        .filter(Boolean)
        .map((word) => [word.replaceAll('_', ' '), unit] as const),
    ),
  );

const UNITS = table(SPELLINGS);
const UNITS_AFTER_NUMBERS = table(AFTER_NUMBERS);
const CASED_UNITS = table(BY_CASE);
const CASED_UNITS_AFTER_NUMBERS = table(BY_CASE_AFTER_NUMBERS);
/** First tokens of spellings of several, with how many they have at most. */
const OPENINGS = openings();

/** By a spelling of one word. */
export const unitOf = (word: string): string | undefined => UNITS.get(word);

/** A unit as it is written, and how many tokens it takes. */
export interface SpelledUnit {
  readonly unit: string;
  readonly tokens: number;
}

/** The unit that begins with a token, the longest that fits: `km`, `°C`, `US dollars`. A currency sign of no list stands for itself. */
export function unitAt(tokens: readonly Token[], at: number): SpelledUnit | undefined {
  const first = tokens[at];
  if (first === undefined) return undefined;
  const longer = longUnitAt(tokens, at);
  if (longer) return longer;
  const unit =
    CASED_UNITS.get(first.raw) ?? UNITS.get(first.word) ?? (isCurrencySign(first.raw) ? first.raw : undefined);
  return unit === undefined ? undefined : { unit, tokens: 1 };
}

/** Of two tokens or more. */
export function longUnitAt(tokens: readonly Token[], at: number): SpelledUnit | undefined {
  let spelling = tokens[at]?.word ?? '';
  const most = OPENINGS.get(spelling) ?? 1;
  let longest: SpelledUnit | undefined;
  for (let count = 2; count <= most; count++) {
    const next = tokens[at + count - 1];
    if (next === undefined) break;
    spelling += next.glued ? next.word : ` ${next.word}`;
    const unit = UNITS.get(spelling);
    if (unit !== undefined) longest = { unit, tokens: count };
  }
  return longest;
}

/** The unit of the number before. */
export function unitAfterNumber(tokens: readonly Token[], at: number): SpelledUnit | undefined {
  const unit = longUnitAt(tokens, at);
  if (unit) return unit;
  const token = tokens[at];
  const short = CASED_UNITS_AFTER_NUMBERS.get(token?.raw ?? '') ?? UNITS_AFTER_NUMBERS.get(token?.word ?? '');
  return short === undefined ? unitAt(tokens, at) : { unit: short, tokens: 1 };
}

/** `pounds` without a number may be of weight or of money. */
export const maySayTheSame = (a: string, b: string): boolean => saysEither(a, b) || saysEither(b, a);
const saysEither = (a: string, b: string): boolean => a === 'u:pound' && (b === 'u:lb' || b === 'u:gbp');

/** `celsius`, `degrees celsius`, `°C`; a letter alone only after its degrees. */
function degrees(names: string, letter: string): string {
  const words = [...names.split(' '), letter];
  return `${names} ${words.flatMap((word) => [`degree_${word}`, `degrees_${word}`, `°${word}`, `°_${word}`]).join(' ')}`;
}

function openings(): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  for (const spelling of UNITS.keys()) {
    const parts = tokensOf(spelling);
    const first = parts[0]?.word ?? '';
    if (parts.length > 1) most.set(first, Math.max(parts.length, most.get(first) ?? 0));
  }
  return most;
}
