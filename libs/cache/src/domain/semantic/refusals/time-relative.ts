import { anyOf, sentenceBeginsWith } from './phrases';

/** What ties an answer to the moment of asking: English, then German, French and Spanish. */
const NOW = anyOf(
  // points in time that move with the clock
  "today|today's|tonight|tonite|tomorrow|tomorrow's|yesterday|right now|just now|at the moment|at this moment|currently|nowadays|these days|as of now|so far this",
  '(?:this|next|last|past|coming|upcoming) (?:morning|afternoon|evening|night|week|weekend|month|quarter|year|season|spring|summer|autumn|fall|winter|monday|tuesday|wednesday|thursday|friday|saturday|sunday)',
  '(?:in|for) the next (?:few |couple of |\\d{1,3} )?(?:minutes|hours|days|weeks|months)',
  // what keeps changing
  'latest|newest|most recent|up to date|breaking news|news (?:about|on|from|headlines?)|in the news|the news',
  'current(?:ly)? (?:\\w{1,20} ){0,2}(?:price|prices|rate|rates|weather|temperature|time|date|day|year|president|prime minister|ceo|champion|version|status|events?|news|traffic|score|value|population|leader|king|queen|pope)',
  'weather|forecast for|will it (?:rain|snow)|is it (?:raining|snowing|going to (?:rain|snow)|cold|hot|sunny) (?:outside|in)|do i need (?:an umbrella|a coat|a jacket)|how (?:hot|cold|warm) is it',
  "what(?:'s| is)? (?:the )?(?:time|date|day)(?: is it| of (?:the )?(?:week|month))?(?: (?:in|at|now|here)|\\s?\\?|$)|what time is it|what(?:'s| is) the (?:exact |local )?time(?=\\s?\\?|$| in | at | now| right| there| here)|tell me the (?:time|date|day)|what day is (?:it|this)|what year is it",
  "(?:stock|share|bitcoin|btc|gold|oil|gas) prices?|exchange rate (?:now|between|from)|what(?:'s| is) the (?:\\w{1,20} )?exchange rate|(?:dollar|euro|pound) (?:to|in|against) (?:dollar|euro|pound|yen|rupee)s? rate|traffic (?:on|in|to|like|jam)|how is (?:the )?traffic",
  '(?:who|what) (?:is|are) (?:winning|leading|trending|playing|open now)|score of the|(?:did|has) the \\w{1,20} (?:win|won) (?:the|their|last)|how many days (?:until|till|to|left)|days until',
  // `What do I do now?`, `It should be here by now` and `I have waited two days now` are said of any time
  "(?<!(?:do|by|what|until|till|time|while|(?:hour|day|week|month|year)s?) )now(?=\\s?[.?!]|$)|(?:is|are|'s|'re) now",
  'next (?:train|bus|tram|metro|subway|ferry|flight|plane|boat|shuttle|departure|connection)',
  "when(?:'s| is| are| does| do| will) (?:the |our )?next",
  "(?:who|who's|whos|anyone|somebody|someone|which)(?: [\\w'-]{1,20}){0,4} on[- ](?:call|duty|shift)",
  // German
  'heute|heutige[nrs]?|morgen früh|übermorgen|gestern|jetzt gerade|gerade jetzt|im moment|momentan|derzeit|zurzeit|aktuelle?[nrs]?|neueste[nrs]?|(?:diese|nächste|letzte)[nrs]? (?:woche|monat|jahr|wochenende)|wetter|wie spät|wie viel uhr',
  // French
  "aujourd'hui|demain|hier (?:soir|matin)|avant-hier|depuis hier|en ce moment|actuellement|ce (?:soir|matin|mois)|cette (?:semaine|année)|(?:la semaine|le mois|l'année) (?:prochaine?|dernière?)|météo|quelle heure|dernières (?:nouvelles|infos)|quel temps",
  // Spanish
  'hoy|mañana|ayer|ahora mismo|en este momento|actualmente|est[ae] (?:semana|mes|año|noche|tarde)|(?:próxim[oa]|pasad[oa]) (?:semana|mes|año)|qué hora|últimas noticias|qué tiempo|el clima',
);

const THING = "(?:[\\w'.-]{1,30} ){1,5}?"; // what it is asked of
const STATE =
  '(?:still |back |already |currently )?(?:down|(?<!(?:top|ed|ing) )up|open|closed|running|online|offline)(?: (?:again|yet|for (?:me|us|everyone|everybody)))?(?=\\s?[.?!,]|$)';
/** `Is GitHub down?`, `Which pods are running?`; `Why is it down?` asks for help. */
const ASKS_FOR_STATE = sentenceBeginsWith(
  'please|hi|hello|hey|so|and|but|ok|also',
  `(?:is|are) ${THING}${STATE}`,
  `(?:which|what|how many) ${THING}(?:is|are) ${STATE}`,
  // not `if the server is down, …`
  `(?:(?:can|could) you )?(?:do you know|tell me|check|see|i wonder|i want to know) (?:if|whether) ${THING}(?:is|are) ${STATE}`,
);

/** Whether the answer depends on when it is asked. */
export function asksAboutNow(text: string): boolean {
  return NOW.test(text) || ASKS_FOR_STATE.test(text);
}
