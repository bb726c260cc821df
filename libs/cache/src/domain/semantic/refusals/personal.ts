import { anyOf, sentenceBeginsWith } from './phrases';

const MY = '(?:my|our|mine)';
const SOME = "(?:[\\w'-]{1,20} ){0,3}"; // up to three words between
/** What a system knows of one person: its value is nobody else's answer. */
const STATE =
  '(?:balances?|bank statement|statements?|orders?|package|parcel|shipment|delivery|tracking|transactions?|transaction history|purchases?|spendings?|expenses|bills?|invoices?|dues?|debt|due date|credit score|score|credit limit|limit|interest rate|apr|income|salary|pay ?check|pay ?day|paystub|w-?2|taxes|refund|savings|checking|funds|deposits?|payments?|minimum payment|account number|routing number|iban|vacation|vacation days|pto|days off|leave|sick days|time off|schedule|calendar|appointments?|meetings?|events?|agenda|reminders?|alarms?|timers?|to-?do list|todo|shopping list|grocery list|list|lists|playlist|reservations?|bookings?|flight|itinerary|luggage|gate|seat|messages?|e-?mails?|inbox|texts|calls|contacts?|location|name|nickname|age|birthday|height|weight|grades?|results?|progress|points|miles|rewards|membership|subscription|plan|policy|coverage|insurance|claim|application|usage|data|quota|health|prescriptions?|test results?|insurance plan|health plan|401k|ira|pension|portfolio|stocks?|next \\w{1,20}|last \\w{1,20}|current \\w{1,20}|recent \\w{1,20})';

/** Asks for the value or the state of something of one's own. */
const ASKS_FOR_STATE = anyOf(
  `(?:what|what's|whats|what is|what are|what was|what were|which|when is|when are|when was|when's|where is|where are|where's|wheres|who is|how much|how many|how is|how are|how's|show|show me|tell me|give me|check|list|read|read me|(?<!cannot |can not |can't |unable to )find|look up|pull up|get me|view|see|track|locate|display|review|know|go over) (?:is |are |was |were |of |on |about |out |the |up |for |all |me |in |left |money ){0,4}?${MY} ${SOME}${STATE}`,
  `(?:status|state|balance|value|total|expiry|expiration|limit|progress|whereabouts) (?:of|on|for|in|left in|left on) ${MY}`,
  `(?:in|on|left in|left on|from) ${MY} (?:[\\w'-]{1,20} ){0,2}(?:account|calendar|schedule|list|cart|inbox|agenda|wallet)s? (?:right )?(?:now|today|contain|have|has)`,
  `where (?:is|are|has|have|did) ${MY} (?!nearest|closest)`,
  `where's ${MY}`,
  `when (?:will|is|does|do|did) ${MY} ${SOME}(?:order|package|parcel|refund|flight|delivery|shipment|appointment|meeting|payment|bill|paycheck|salary|reservation|subscription|contract|insurance|card expire|next)`,
  `(?:what|how much|how many|when|where|which|who)(?: [\\w$'-]{1,20}){0,4} (?:did|have|had|do|am|was) i (?:spend|spent|spending|pay|paid|owe|own|earn|earned|make|made|have (?!to)|got|get paid|use|used|buy|bought|order|ordered|save|saved|say|said|ask|asked|tell|told|weigh|scheduled|supposed to be|booked|left|park|parked|put)`,
  `(?:how much|how many) (?:[\\w$'-]{1,20} ){0,3}(?:do i have(?! to)|have i got|i owe|is left|are left)`,
  'do i (?:still )?(?:owe|have (?:any|enough|a meeting|an appointment|meetings|appointments|anything|something|new|unread|\\d))|(?<!why |how )have i (?:been|already|got|ever|spent|paid|used|made|taken|exceeded|reached|received)|am i (?:free|busy|approved|enrolled|registered|booked|scheduled|late|overdue|over)|(?<!why |how |where )did i (?:get|already|pay|receive|miss|forget|remember|spend|order|book|make|set|put|leave|win|pass)',
  "who am i|what(?:'s| is) my name|where am i(?! able| allowed| supposed)|where do i live|how old am i|what did (?:i|we) (?:say|talk|discuss|ask)|do you (?:know|remember) (?:me|who i am|my|what i)|what do you know about me",
);
/** `Has my refund come?`; `Is my money safe?` is everybody's question. */
const ASKS_WHETHER = sentenceBeginsWith(
  'please|hi|hello|hey|so|and|but|ok|also|can you tell me|could you tell me|do you know|tell me|i want to know|i wonder|check',
  `(?:if |whether )?(?:has|have|had|did|was|were) ${MY} ${SOME}(?:\\w{1,20})`,
  `(?:if |whether )?(?:is|are) ${MY} ${SOME}(?:still|active|activated|pending|blocked|ready|approved|on its way|on the way|delayed|on time|due|paid|overdue|closed|open|locked|frozen|expired|complete|completed|processed|here|cancelled|canceled|confirmed|scheduled|available|going to|being|low|high|enough|sufficient)`,
);
/** What a system keeps of each person, whatever the words around it. */
const KEPT = anyOf(
  'balance|transactions?|credit (?:score|rating|limit)|spending limit|pay ?checks?|salary|income|pto|paid time off|vacation (?:days?|time)|sick days|days off|meetings?|appointments?|calendar|reminders?|to-?do list|(?:shopping|grocery) list|alarms?|rewards?|reward points|points|miles|package|parcel|shipment|bills?|due date|apr|interest rate|routing number|account number|health (?:plan|insurance|benefits)|insurance|gps coordinates|flight|my (?:\\w{1,20} ){0,2}(?:order|application)|savings|checking',
);
const OWN = anyOf(
  "my|mine|our|(?:do|did|have|am|was|will|should) i|i (?:have|had|owe|earn|earned|make|made|spent|spend|get|got|use|used|took|still|currently|recently|put|was)|i've|left|remains?|remaining|owed to me",
);
const ASKS_FOR_VALUE = anyOf(
  "what|what's|whats|when|when's|where|where's|how much|how many|how high|how long|which|who|tell me|show|list|read|give|get|check|look up|pull|see|find|update me|i need|i want|i'd like|let me|know|count|name|are there|is there|any|do i|have i|did i|has|hear|go through",
);
/** Asks how something is done, or reports what went wrong: a help desk answers that alike for all. */
const ASKS_FOR_HELP = anyOf(
  "how (?:do|can|could|should|would|might|to|does)|why|can i|could i|may i|am i able|is it possible|what (?:should|can|do|must|would) (?:i|we|you) (?:do|need)|what happens|what if|is there a way|explain|what causes|where (?:can|do) i|not|\\w{2,8}n't|wrong|errors?|problems?|issues?|declined|reversed|reverted|disappeared|missing|recogni[sz]e|mistake|incorrect|charged|fees?|top[ -]?up|template|example|write|draft",
);
/** What tells who somebody is, or which case of many it is. */
const IDENTIFIES = anyOf(
  'my name is|i am called|my (?:e-?mail|address|phone|phone number|account number|customer number|order number|id|birthday|ssn|social security number|passport number)(?: is|:) (?=[^.?!]{0,20}[\\d@])|i live (?:at|in|on) \\d|i was born on',
  '(?:order|account|ticket|invoice|case|booking|tracking|reference|confirmation|customer|policy|claim|transaction|flight|reservation)(?: (?:number|no\\.?|nr\\.?|id|code))?(?: is|:)? ?#?\\s?(?=[a-z-]{0,6}\\d)[a-z\\d-]{3,40}',
  '[\\w.+-]{1,64}@[\\w-]{1,63}\\.[\\w.-]{2,63}',
);
/** German, French, Spanish. */
const ELSEWHERE = anyOf(
  '(?:was|wie|wo|wann|welche[rs]?|zeig(?:e)?(?: mir)?|prüfe|ist|sind|hat|wurde) (?:hoch |viel |ist |sind |mir |steht |bleibt |kommt |auf ){0,4}(?:mein|meine|meinen|meinem|meiner)(?: \\p{L}{1,20}){0,2} (?:kontostand|saldo|guthaben|bestellung|paket|lieferung|sendung|rechnung|termine?|überweisung|rückerstattung|gehalt|passwort|name|vertrag|antrag|kalender|flug|buchung)',
  '(?:mein|meinen) (?:kontostand|saldo)|(?:wo|wann) (?:ist|kommt|bleibt) (?:mein|meine)|wer bin ich|wie viel (?:geld )?habe ich|mein name ist',
  "(?:mon|ma|mes) (?:solde|commande|colis|facture|rendez-vous|virement|remboursement|salaire|nom|contrat|vol|réservation)|où (?:est|sont) (?:mon|ma|mes)|qui suis-je|combien (?:ai-je|me reste)|je m'appelle",
  '(?:mi|mis) (?:saldo|pedido|pedidos|paquete|factura|cita|citas|transferencia|reembolso|salario|nombre|contrato|vuelo|reserva)|dónde está(?:n)? (?:mi|mis)|quién soy|cuánto (?:dinero )?(?:tengo|me queda)|me llamo',
);

/** Whether the answer depends on who asks: on a state that only a system knows, or on what identifies a person. */
export function asksAboutMe(text: string): boolean {
  if (ASKS_FOR_STATE.test(text) || ASKS_WHETHER.test(text) || IDENTIFIES.test(text) || ELSEWHERE.test(text))
    return true;
  return KEPT.test(text) && OWN.test(text) && ASKS_FOR_VALUE.test(text) && !ASKS_FOR_HELP.test(text);
}
