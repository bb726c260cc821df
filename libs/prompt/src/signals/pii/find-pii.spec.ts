import { cpuMs } from '@relay/testing';
import type { PiiKind } from '@relay/contracts';
import { MAX_INSPECTED_CHARS } from '../inspection';
import { findPii, PII_KINDS } from './find-pii';

/** The findings as `kind=value`. */
const found = (text: string, kinds?: readonly PiiKind[]): string[] =>
  findPii(text, kinds).map(({ kind, start, end }) => `${kind}=${text.slice(start, end)}`);

const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
const JWT = `${HEADER}.${Buffer.from('{"sub":"1234567890"}').toString('base64url')}.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P`;
// Put together here, so that scanners of repositories do not take the fixtures for leaks.
const PEM_LABEL = 'PRIVATE KEY';
const PEM = `-----BEGIN RSA ${PEM_LABEL}-----\nMIIEowIBAAKCAQEA0Z3VS5JJcds3\n-----END RSA ${PEM_LABEL}-----`;
const secret = (prefix: string, length: number): string => prefix + 'a1B2c3D4e5'.repeat(20).slice(0, length);

describe('PII is found:', () => {
  it.each([
    ['a plain address', 'Write to alice@example.com today.', 'alice@example.com'],
    ['one with a tag and a subdomain', '<Bob.O+news@mail.example.co.uk>', 'Bob.O+news@mail.example.co.uk'],
    ['one that ends a sentence', 'It is carol_99@example.org.', 'carol_99@example.org'],
    ['one in a link', 'href="mailto:dave@example.net?subject=x"', 'dave@example.net'],
    ['one as a parameter', 'to=erin@example.com&x=1', 'erin@example.com'],
    ['one amid Chinese text', '请联系wang@example.cn谢谢', 'wang@example.cn'],
    ['one with letters beyond ASCII', 'jürgen@müller.de', 'jürgen@müller.de'],
  ])('e-mail, %s', (_name, text, value) => expect(found(text)).toEqual([`email=${value}`]));

  it.each([
    ['+1 (415) 555-0132'],
    ['+49 30 901820'],
    ['+49 (0)30 901820'],
    ['+44 20 7946 0958'],
    ['+33 6 12 34 56 78'],
    ['+86 138 1234 5678'],
    ['+8613812345678'],
    ['0049 30 901820'],
    ['(415) 555-0132'],
    ['415-555-0132'],
    ['020 7946 0958'],
    ['0171/1234567'],
    ['06 12 34 56 78'],
    ['138-1234-5678'],
    ['090-1234-5678'],
  ])('phone, %s', (number) => expect(found(`Ruf an: ${number}, danke`)).toEqual([`phone=${number}`]));

  it.each([
    ['my phone number is 4155550132', '4155550132'],
    ['Tel.: 030 1234567', '030 1234567'],
    ['Phone (850) 230-6030 1 room', '(850) 230-6030'],
    ['手机号13812345678', '13812345678'],
  ])('phone, named as one: %s', (text, number) => expect(found(text)).toEqual([`phone=${number}`]));

  it.each([
    ['4111111111111111'],
    ['4111 1111 1111 1111'],
    ['5555-5555-5555-4444'],
    ['2223003122003222'],
    ['3782 822463 10005'],
    ['30569309025904'],
    ['6011111111111117'],
    ['3530111333300000'],
    ['4222222222222'],
    ['6304000000000000'],
  ])('card, %s', (number) => expect(found(`Card ${number} exp 12/29`)).toEqual([`card=${number}`]));

  it('card, with the security code behind it', () =>
    expect(found('4111 1111 1111 1111 123')).toEqual(['card=4111 1111 1111 1111']));

  it.each([
    ['DE89370400440532013000'],
    ['DE89 3704 0044 0532 0130 00'],
    ['GB29 NWBK 6016 1331 9268 19'],
    ['FR14 2004 1010 0505 0001 3M02 606'],
    ['NO9386011117947'],
    ['MT84MALT011000012345MTLCAST001S'],
  ])('IBAN, %s', (iban) => expect(found(`Konto ${iban}.`)).toEqual([`iban=${iban}`]));

  it.each([
    ['203.0.113.77'],
    ['10.0.0.5'],
    ['2001:db8:85a3::8a2e:370:7334'],
    ['2001:0db8:85a3:0000:0000:8a2e:0370:7334'],
    ['fe80::1'],
    ['::ffff:192.0.2.128'],
  ])('ip, %s', (address) => expect(found(`from ${address}, then`)).toEqual([`ip=${address}`]));

  it('ip, in an URL, with a mask, as a parameter and in a range', () =>
    expect(found('http://192.0.2.1:80/ 198.51.100.0/24 ip=192.0.2.9 10.0.0.1-10.0.0.9 [2001:db8::1]:443')).toEqual([
      'ip=192.0.2.1',
      'ip=198.51.100.0',
      'ip=192.0.2.9',
      'ip=10.0.0.1',
      'ip=10.0.0.9',
      'ip=2001:db8::1',
    ]));

  it('JWT, whole', () => expect(found(`Authorization: Bearer ${JWT}\n`)).toEqual([`jwt=${JWT}`]));

  it('private key, on lines of its own or in a string literal', () => {
    expect(found(`my key:\n${PEM}\nok?`)).toEqual([`private-key=${PEM}`]);
    const literal = JSON.stringify(PEM).slice(1, -1);
    expect(found(`{"key":"${literal}"}`)).toEqual([`private-key=${literal}`]);
  });

  it.each([
    [secret('sk-', 48)],
    [secret('sk-ant-api03-', 90)],
    [secret('sk-proj-', 60)],
    [secret('rk-', 43)],
    [secret('ghp_', 36)],
    [secret('github_pat_', 60)],
    [secret('xoxb-', 40)],
    [`AKIA${'IOSFODNN7EXAMPLE'}`],
    [secret('AIza', 35)],
    [secret('glpat-', 20)],
    [secret('hf_', 34)],
    [secret('gsk_', 52)],
    [secret('sk_live_', 24)],
  ])('API key, %s', (key) => expect(found(`export KEY="${key}"`)).toEqual([`api-key=${key}`]));

  it.each([['123-45-6789'], ['899 12 3456']])('US SSN, %s', (ssn) =>
    expect(found(`SSN ${ssn}.`)).toEqual([`us-ssn=${ssn}`]),
  );
});

describe('PII is found in other spellings, where they stand:', () => {
  it.each([
    ['full-width', 'an alice＠example．com', 'email=alice＠example．com'],
    [
      'full-width digits',
      'card ４１１１　１１１１　１１１１　１１１１.',
      'card=４１１１　１１１１　１１１１　１１１１',
    ],
    ['zero-width characters', '<ali\u200bce@exam\u2060ple.com\u200b>', 'email=ali\u200bce@exam\u2060ple.com'],
    ['a soft hyphen and a tag', '4111\u00ad1111\u{e0041}11111111 x', 'card=4111\u00ad1111\u{e0041}11111111'],
    ['spaces that do not break', 'card 4111\u00a01111\u202f1111\u00a01111', 'card=4111\u00a01111\u202f1111\u00a01111'],
    ['hyphens that do not break', 'call 415\u2011555\u20110132', 'phone=415\u2011555\u20110132'],
    ['a URL', 'https://x.example/?to=alice%40example.com&x', 'email=alice%40example.com'],
    ['JSON in a string', '{"to":"alice\\u0040example\\u002Ecom"}', 'email=alice\\u0040example\\u002Ecom'],
    ['a form that only hides its beginning', '\u200b4111111111111111', 'card=4111111111111111'],
    ['an invisible separator', 'abc\u200b4111111111111111', 'card=4111111111111111'],
  ])('%s', (_name, text, finding) => expect(found(text)).toEqual([finding]));
});

describe('no PII is seen in', () => {
  it.each([
    ['dates and times', 'From 2024-01-15 10:30:45 to 15.01.2024, 01/02/2024, 20240115, 2024-01-15T10:30:45.123Z'],
    ['order numbers', 'Order 4155550132, invoice 0012345678, parcel 1Z999AA10123456784, no. 2024-000123-77'],
    ['timestamps and ids', '1700000000000 1700000000000000 550e8400-e29b-41d4-a716-446655440000 9007199254740993'],
    ['versions', 'v1.2.3.4, version 1.2.3.4, "version": "10.4.3.1", Chrome/120.0.0.0, pkg==1.2.3.4, ^1.2.3'],
    ['numbers of sections', '1.2.3.4 Scope\n2.1.1.1 Terms'],
    ['addresses of nobody', '127.0.0.1 0.0.0.0 255.255.255.0 ::1 localhost'],
    ['quads out of range', '256.1.1.1 1.2.3.4.5 01.02.03.04 999.999.999.999'],
    ['code with two colons', 'std::fade A::B a::b::c Foo::new() dead::beef {x: 1, y: 2}'],
    ['hardware addresses and fingerprints', 'aa:bb:cc:dd:ee:ff 16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48'],
    ['cards with a wrong check digit', '4111111111111112 4111 1111 1111 1112 5555-5555-5555-4445'],
    ['numbers outside the issuers ranges', '1234567812345670 9999999999999995 0000000000000000'],
    ['article numbers', 'EAN 4006381333931, ISBN 978-3-16-148410-0'],
    ['pi', '3.14159265358979323846264338327950288419716939937510'],
    ['IBANs with wrong check digits or lengths', 'DE88370400440532013000 DE8937040044053201300 XX89370400440532013000'],
    [
      'names with an at sign',
      '@alice icon@2x.png react@18.2.0 user@localhost a@b foo@.com git@github.com:o/r.git @app.route',
    ],
    ['an SSN of a range never issued', '000-12-3456 666-12-3456 912-34-5678 123-00-4567 123-45-0000 1123-45-6789'],
    ['words after a prefix', 'sk-learn-something-very-long-indeed task-force-management-system hf_transformers'],
    ['what looks like a token', 'eyJhbGciOi eyJub3QiOiJhIGhlYWRlciJ9.e30.x eyJ.eyJ.eyJ'],
    [
      'a certificate, and talk about keys',
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE----- or a PRIVATE KEY-----',
    ],
    ['sums and scores', '+100000000 points, 12-34-5678, 100 200 3000, 1-800 items, 5 000 000 000, +1000000 +3'],
    ['counting', '01 02 03 04 05, 10 20 30 40 50'],
    ['amounts and measures', 'USD 1,234,567.89; 192.168 kg; 10.5.3 release; 1/2/3/4'],
  ])('%s', (_name, text) => expect(found(text)).toEqual([]));
});

describe('PII findings', () => {
  it('are given in the order of the text, without overlaps, the longest first', () => {
    const text = `${JWT} +491712345678@s.example.com then 4111 1111 1111 1111 and a@example.com`;
    const findings = findPii(text);
    expect(findings.map(({ kind }) => kind)).toEqual(['jwt', 'email', 'card', 'email']);
    findings.slice(1).forEach((finding, i) => expect(finding.start).toBeGreaterThanOrEqual(findings[i]?.end ?? 0));
  });

  it('are of the wanted kinds only', () => {
    const text = 'a@example.com 203.0.113.77 4111111111111111';
    expect(found(text, ['ip'])).toEqual(['ip=203.0.113.77']);
    expect(found(text, [])).toEqual([]);
  });

  it('end where inspection ends', () => {
    const text = `${' '.repeat(MAX_INSPECTED_CHARS)} a@example.com`;
    expect(found(text)).toEqual([]);
  });
});

describe('a million hostile characters take bounded time', () => {
  // Linear detectors take 10 to 1,100 ms here for all kinds together; a quadratic one takes minutes. The bound leaves room for a busy machine.
  const MAX_MS = 5_000;
  const patterns: Record<string, string> = {
    at: '@',
    'addresses without an end': 'a@a.',
    'a dot a': 'a.',
    'long labels': `${'a-'.repeat(30)}@`,
    domain: 'a@' + 'a'.repeat(60) + '.',
    digits: '1',
    'digits and spaces': '4 ',
    'groups of four': '4111 ',
    'groups with hyphens': '123-45-',
    plus: '+1',
    'plus and digits': '+491 ',
    'phone words': 'phone ',
    'named phones': 'tel no is me 1 ',
    IBAN: 'DE89 ',
    'account letters': 'DE89A',
    colons: ':',
    'hex groups': 'a:1:',
    quads: '1.1.',
    begin: '-----BEGIN ',
    'key headers': '-----BEGIN RSA PRIVATE KEY-----',
    'key headers and other ends': '-----BEGIN A PRIVATE KEY-----x-----END B',
    token: 'eyJ',
    'token parts': 'eyJ.',
    'token headers that do not parse': `.${Buffer.from('{"alg"').toString('base64url')}`,
    'token starts': '.eyJhbGciOiJub25lIn0',
    'sk-': 'sk-',
    'key prefixes': 'ghp_sk-AIzahf_ ',
    hyphens: '-',
    'full-width': '１＠',
    'invisible characters': '\u200b1',
    'tag characters': '\u{e0041}',
    'escaped signs': 'a%40\\u0040',
  };

  it.each(Object.entries(patterns))('%s', (_name, pattern) => {
    const text = pattern.repeat(Math.ceil(MAX_INSPECTED_CHARS / pattern.length)).slice(0, MAX_INSPECTED_CHARS);
    const ms = cpuMs(() => PII_KINDS.forEach((kind) => findPii(text, [kind])));
    expect(ms).toBeLessThan(MAX_MS);
  });
});
