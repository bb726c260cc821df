/** Signs and names that mean one currency by themselves, most traded first. `_` stands for a space. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  usd: 'usd $ dollar dollars dólar dólares',
  eur: 'eur € euro euros',
  gbp: 'gbp £ sterling pound_sterling pounds_sterling',
  inr: 'inr ₹ rs rupee rupees',
  jpy: 'jpy ¥ yen',
  cny: 'cny yuan rmb renminbi',
  chf: 'chf franken',
  cad: 'cad',
  aud: 'aud',
  nzd: 'nzd',
  hkd: 'hkd',
  sgd: 'sgd',
  mxn: 'mxn peso pesos',
  krw: 'krw ₩',
  rub: 'rub ₽ ruble rubles rouble roubles',
  try: '₺ lira liras',
  brl: 'brl reais',
  sek: 'sek krona kronor',
  nok: 'nok',
  dkk: 'dkk',
  pln: 'pln zł zloty zlotys',
  thb: 'thb ฿ baht',
  ils: 'ils ₪ shekel shekels',
  aed: 'aed',
  zar: 'zar',
  php: '₱',
  uah: 'uah ₴ hryvnia hryvnias',
  vnd: 'vnd ₫',
  ngn: 'ngn ₦ naira',
  btc: 'btc ₿ bitcoin bitcoins',
  eth: 'eth ethereum',
};

/** Names that several countries have, and whose: `australian dollars`. */
const SHARED_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'dollar dollars': {
    usd: 'us american',
    cad: 'canadian',
    aud: 'australian',
    nzd: 'new_zealand',
    hkd: 'hong_kong',
    sgd: 'singapore singaporean',
  },
  'pound pounds': { gbp: 'british uk', egp: 'egyptian' },
  'franc francs': { chf: 'swiss' },
  'rupee rupees': { inr: 'indian', pkr: 'pakistani', lkr: 'sri_lankan', npr: 'nepali nepalese' },
  'peso pesos': { mxn: 'mexican', php: 'philippine', ars: 'argentine', cop: 'colombian', clp: 'chilean' },
  'krona kronor krone kroner crown crowns koruna': {
    sek: 'swedish',
    nok: 'norwegian',
    dkk: 'danish',
    isk: 'icelandic',
    czk: 'czech',
  },
  'yen yuan won': { jpy: 'japanese', cny: 'chinese', krw: 'korean south_korean' },
  'ruble rubles rouble roubles': { rub: 'russian', byn: 'belarusian' },
  'lira liras': { try: 'turkish' },
  'real reais': { brl: 'brazilian' },
  'dirham dirhams': { aed: 'uae emirati', mad: 'moroccan' },
  rand: { zar: 'south_african' },
};

/** Letters before a dollar sign: `A$`. */
const DOLLARS: Readonly<Record<string, string>> = {
  usd: 'us$',
  cad: 'c$ ca$',
  aud: 'a$ au$',
  nzd: 'nz$',
  hkd: 'hk$',
  sgd: 's$',
  mxn: 'mx$',
  brl: 'r$',
};

/** Code of a currency and how it is written, as in `words/units.ts`. */
export const CURRENCIES: Readonly<Record<string, string>> = joined([
  OWN_NAMES,
  DOLLARS,
  ...Object.entries(SHARED_NAMES).map(([names, owners]) =>
    Object.fromEntries(Object.entries(owners).map(([code, of]) => [code, ofEach(of.split(' '), names.split(' '))])),
  ),
]);

const SIGN = /^\p{Sc}$/u;
/** Of money, in a list or not. */
export const isCurrencySign = (raw: string): boolean => SIGN.test(raw);

function ofEach(owners: readonly string[], names: readonly string[]): string {
  return owners.flatMap((owner) => names.map((name) => `${owner}_${name}`)).join(' ');
}

function joined(tables: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const all: Record<string, string> = {};
  for (const table of tables)
    for (const [code, spellings] of Object.entries(table)) all[code] = `${all[code] ?? ''} ${spellings}`;
  return all;
}
