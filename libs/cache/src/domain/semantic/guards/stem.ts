const IRREGULAR = new Map(
  Object.entries({
    bought: 'buy',
    sold: 'sell',
    sent: 'send',
    went: 'go',
    gone: 'go',
    goes: 'go',
    made: 'make',
    took: 'take',
    taken: 'take',
    wrote: 'write',
    written: 'write',
    men: 'man',
    women: 'woman',
    children: 'child',
    people: 'person',
    lost: 'lose',
    won: 'win',
    paid: 'pay',
    got: 'get',
    gotten: 'get',
    came: 'come',
    found: 'find',
    left: 'leave',
    kept: 'keep',
    built: 'build',
    beat: 'beat',
    beaten: 'beat',
    learnt: 'learn',
    spent: 'spend',
    broke: 'break',
    broken: 'break',
    ate: 'eat',
    eaten: 'eat',
    drove: 'drive',
    gave: 'give',
    given: 'give',
    knew: 'know',
    known: 'know',
    grew: 'grow',
    grown: 'grow',
    died: 'die',
    dying: 'die',
    lying: 'lie',
    feet: 'foot',
    teeth: 'tooth',
    stolen: 'steal',
    stole: 'steal',
    frozen: 'freeze',
    froze: 'freeze',
    forgotten: 'forget',
    forgot: 'forget',
  }),
);

const UNSTEMMED = /(?:ss|us|is|news)$/;

/** The common form of a word's inflections, for comparing only: `enables`, `enabled` and `enabling` become `enabl`. */
export function stem(given: string): string {
  const word = given.endsWith("'s") ? given.slice(0, -2) : given;
  const irregular = IRREGULAR.get(word);
  if (irregular !== undefined) return withoutE(irregular);
  if (word.length < 4) return word;
  return withoutE(withoutEnding(singular(word)));
}

function singular(word: string): string {
  if (!word.endsWith('s') || UNSTEMMED.test(word)) return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ss|x|ch|sh|zz)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

function withoutEnding(word: string): string {
  const bare =
    word.endsWith('ing') && word.length > 5
      ? word.slice(0, -3)
      : word.endsWith('ied')
        ? `${word.slice(0, -3)}y`
        : word.endsWith('ed') && word.length > 4
          ? word.slice(0, -2)
          : word;
  if (bare === word) return word;
  if (!/[aeiouy]/.test(bare)) return word; // string, bring
  const last = bare.charAt(bare.length - 1);
  const doubled = bare.length > 3 && last === bare.charAt(bare.length - 2) && !'lsz'.includes(last);
  return doubled ? bare.slice(0, -1) : bare;
}

/** `enable` and `enabl(ed)` meet, as do `happy` and `happi(er)`. */
function withoutE(word: string): string {
  return word.length > 3 && word.endsWith('e') ? word.slice(0, -1) : word;
}
