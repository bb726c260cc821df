import { stem } from '../stem';

/** Words that a question can do without: they praise, hedge or lead up to what is asked. */
const DISPENSABLE = `
best good better great greatest top ideal perfect favorite favourite nice cool awesome amazing interesting important main major key real true actual proper correct right common general possible exact
easy easiest easily quick quickly simple fast fastest effective effectively efficient useful successful successfully different various certain specific particular own whole entire full total new
way ways method methods trick tricks tip tips idea ideas strategy strategies approach manner means step steps process procedure option options kind kinds type types sort example examples reason reasons purpose point case fact
get make find know tell see give take come go keep put let look need want like help try use using used start begin become happen mean exist call show think feel believe say ask seem consider
able available difference opinion view views thought question answer information detail details explain describe define definition meaning suggest recommend advice guide
not no nobody nothing never without don't can't cannot doesn't didn't won't isn't first one's whole ever currently long time life world possible
situation experience sense place places stuff piece part chance odds order list name named called
`;

/** Words that are used for each other, a line a sense. */
const SYNONYMS = `
improve increase enhance boost better develop strengthen upgrade sharpen
learn study understand master
buy purchase order acquire get
earn make gain
find locate search discover
start begin launch commence initiate
stop quit cease end avoid overcome
fix repair solve resolve troubleshoot
change alter modify edit update switch
reset recover restore retrieve regain
choose select pick decide
show display view see
cancel terminate
big large huge
small little tiny
important necessary essential needed required crucial
cause reason origin
effect impact influence affect consequence implication
company business firm startup corporation
job career work profession occupation
movie film cinema
picture photo image photograph pic
tv television
phone mobile smartphone cellphone cell
computer pc laptop
site website webpage web
blog blogging
book novel
gift present
institute institution college university school
course class training coaching
exam test examination
money cash
price cost fee charge
salary pay wage income
lose drop shed
fat weight
talk speak speaking spoken chat communicate
doctor physician
ill sick
pain ache
mark flag label
delete remove erase
create build make develop produce
write compose
watch see view
eat consume
ability skill
deal handle cope manage
feel think opinion view
sign symptom
kid child baby
girlfriend gf
boyfriend bf
relationship
program code programming coding
bug error issue problem
hack crack
rich wealthy
smart intelligent clever
funny hilarious
beautiful pretty
scary frightening
visit see
trip travel journey tour vacation holiday
hotel accommodation
car vehicle
house home
food meal dish
language tongue
word term
country nation
city town
government state
president presidency presidential
election vote
war conflict
account profile id
password passcode
email mail gmail
message text msg dm
question query
app application software
card
transfer payment transaction
fee charge cost
receive get
arrive come delivered
decline declined reject rejected refuse
money fund funds
verify confirm prove
identity id
lost stolen missing
people human humans
fast quick rapid
happy glad
often frequently
turn switch
mandatory required obligatory compulsory
regular normal usual typical common
stupid dumb silly foolish
benefit advantage pro upside merit
drawback disadvantage con downside
compare differ
form establish create found
misleading deceiving deceptive
abroad overseas
count amount number total
score mark grade
initial original factory default
fraudulent fraud suspicious
freeze hold
expand extend widen
minimize reduce lessen decrease lower
liar lying
sport game
redesign revamp rework remodel
attend study
plan prepare arrange
eat consume ingest
acne pimple
weird strange odd creepy
partner girlfriend boyfriend spouse
register enroll
tackle address handle
sell market
`;

export const isDispensable = (key: string): boolean => DISPENSABLE_STEMS.has(key);
export const areSynonyms = (a: string, b: string): boolean => {
  const groups = GROUPS.get(a);
  return groups !== undefined && (GROUPS.get(b)?.some((group) => groups.includes(group)) ?? false);
};

const DISPENSABLE_STEMS: ReadonlySet<string> = new Set(DISPENSABLE.trim().split(/\s+/).map(stem));
/** Lines of `SYNONYMS` that a stem stands in. */
const GROUPS: ReadonlyMap<string, readonly number[]> = groupsByStem();

function groupsByStem(): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>();
  SYNONYMS.trim()
    .split('\n')
    .forEach((line, group) => {
      for (const word of line.split(' ').map(stem)) groups.set(word, [...(groups.get(word) ?? []), group]);
    });
  return groups;
}
