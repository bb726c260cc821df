import { anyOf, sentenceBeginsWith } from './phrases';

const COURTESY =
  "please|pls|kindly|hi|hello|hey|ok|okay|so|now|and|then|just|go ahead and|can you|could you|would you|will you|can u|i want you to|i need you to|i'd like you to|i would like you to|you should|let's|lets|bitte|s'il te plaît|s'il vous plaît|por favor|peux-tu|pouvez-vous|puedes|kannst du|können sie";
const OBJECT =
  "(?:my|the|this|that|these|those|all|an?|another|some|it|me|him|her|them|us|our|[$€£] ?\\d{1,9}|\\d{1,9}|to|mom|dad|[a-z]{1,20}'s)";

/** Orders to act on the world; `write`, `make a list` or `translate` only ask for words. */
const ORDERS = sentenceBeginsWith(
  COURTESY,
  `(?:send|delete|cancel|book|reserve|transfer|wire|pay|buy|order|purchase|reorder|schedule|reschedule|submit|upload|publish|post|call|phone|dial|text|e-?mail|message|play|pause|skip|unsubscribe|subscribe|enroll|register|sign|deposit|withdraw|refund|return|report|freeze|unfreeze|block|unblock|activate|deactivate|lock|unlock|mute|erase|remove|rename|redeem|renew|replace|approve|reject|confirm|forward|reply|invite|hire|fire|deploy|restart|reboot|shut|share|save|sync|connect|disconnect|move) (?:me |him |her |us )?${OBJECT}`,
  '(?:send|call|text|e-?mail|message|invite|pay|wire|remind) (?!in |with |using |via |from |validation|marketing|client|address|template|queue)[a-z]{2,20} (?!in |with |using )[\\w$]{1,20}',
  'remind me|wake me|ping me|notify me|alert me|call me|book me|sign me up|add me|remove me|log me|set me|get me an?',
  '(?:set|start|stop|create|make|add|put|turn|switch) (?:up |on |off |down |an? |the |my |another |new |\\d{1,3} |[\\w-]{1,20} ){0,4}(?:alarm|timer|reminder|appointment|reservation|meeting|event|booking|ticket|lights?|volume|thermostat|heating|tv|music|to my|to the (?:list|cart|calendar)|on my (?:list|calendar|cart)|in my (?:list|calendar|cart))',
  '(?:turn|switch) (?:on|off|up|down)|(?:change|update|reset|edit|increase|decrease|raise|lower|clear|close|open|edit) (?:my|our)|close (?:my|the|this) (?:account|ticket|case)|(?:open|file|raise|create) (?:a|an|the) (?:support |new )?(?:ticket|case|account|claim|dispute|complaint)',
  '(?:merge|rebase|revert|roll back|cherry[- ]pick|push|tag) (?:(?:my|our|the|this|that|these|those|all) (?:[\\w./-]{1,40} ){0,3}?(?:branch(?:es)?|pull requests?|merge requests?|prs?|mrs?|commits?|release|deployment)|(?:pull request|merge request|pr|mr) ?[#!]?\\d{1,9})',
  '(?:sende|schicke|lösche|storniere|kündige|buche|überweise|bezahle|bestelle|kaufe|rufe|erinnere|stelle|reserviere|schalte)',
  '(?:envoie|envoyez|supprime|supprimez|annule|annulez|réserve|réservez|transfère|virez|paie|payez|commande|commandez|achète|achetez|rappelle|appelle)',
  '(?:envía|envíe|borra|elimina|cancela|reserva|transfiere|paga|pide|compra|llama|recuérdame|programa)',
);
/** Wishes to act at once with what is needed for it: an amount, a place, a day. */
const WISHES = anyOf(
  "i(?:'d| would)? (?:want|need|like|wish|have)(?: you)? to (?:send|transfer|move|pay|wire|deposit|withdraw) (?:[\\w'-]{1,20} ){0,3}[$€£]? ?\\d{1,9}",
  "i(?:'d| would)? (?:want|need|like|wish)(?: you)? to (?:book|reserve|schedule|reschedule|make a reservation|make an appointment|cancel my|set an? (?:alarm|timer|reminder)|be reminded)",
);
/** A search for how it is done in a language or a tool, worded like an order. */
const ABOUT_CODE = anyOf(
  '(?:in|using|with|via|from|for) (?:an? |the )?(?:python|javascript|typescript|java|node(?:\\.?js)?|c\\+\\+|c#|go|golang|rust|ruby|php|sql|mysql|postgres(?:ql)?|mongodb|bash|shell|powershell|excel|pandas|react|angular|vue|django|flask|spring|docker|kubernetes|git|github|linux|ubuntu|windows|vim|html|css|jquery|regex|aws|azure|api|command line|terminal|code|array|string|dataframe|database|table)',
);

/** Whether something is to be done rather than said: an answer from a cache would do nothing. */
export function ordersAnAct(text: string): boolean {
  return (ORDERS.test(text) && !ABOUT_CODE.test(text)) || WISHES.test(text);
}
