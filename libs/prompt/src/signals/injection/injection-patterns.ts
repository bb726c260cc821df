/** A sign of an attempt to take over the model. `weight` is the score of a text that has this sign alone. */
export interface InjectionPattern {
  readonly family: 'override' | 'extraction' | 'role-play' | 'delimiter' | 'payload' | 'authority';
  readonly weight: number;
  readonly pattern: RegExp;
}

/** A pattern over lower-case text; spaces in the source stand for nothing, ` ` is written `\s`, a gap is bounded. */
const sign = (family: InjectionPattern['family'], weight: number, ...parts: readonly string[]): InjectionPattern => ({
  family,
  weight,
  pattern: new RegExp(parts.join(''), 'u'),
});

const GAP = '[^.!?\\n]{0,24}';
const ENGLISH = [
  sign(
    'override',
    0.75,
    "\\b(?:ignore|disregard|forget|override|bypass|discard|neglect|(?:do not|don't|stop|cease)\\s(?:follow|obey)(?:ing)?|pay no attention to)\\b",
    `${GAP}\\b(?:previous|prior|above|earlier|preceding|all|any|your|initial|original|system|existing|former|past)\\b`,
    `${GAP}\\b(?:instructions?|prompts?|rules|guidelines?|directives?|directions|programming|training|commands?|restrictions|system message)\\b`,
  ),
  sign(
    'override',
    0.65,
    '\\b(?:ignore|disregard|forget)\\s(?:all|everything|anything|whatever)\\b',
    `${GAP}\\b(?:above|before|so far|you (?:were|have been|are) (?:told|given|taught)|told you|previously|said)\\b`,
  ),
  sign(
    'override',
    0.3,
    '\\b(?:new|updated|real|actual|revised)\\s(?:instructions?|task|objective|rules|directive)\\s?:',
  ),
  sign('override', 0.35, '\\bfrom now on,?\\syou\\b'),
  sign('override', 0.6, '\\byou are no longer\\s(?:bound|restricted|limited|an ai|a language model|required)'),
  sign(
    'extraction',
    0.6,
    '\\b(?:reveal|show|print|repeat|output|display|tell me|give me|what (?:is|are|was|were)|share|leak|expose|dump|write|list|recite|translate|summari[sz]e|encode|copy|paste|disclose)\\b',
    `${GAP}\\b(?:your|the (?:hidden|secret|initial|original|exact|full|entire|above))\\s(?:[a-z]{1,12}\\s){0,2}`,
    '(?:system prompt|prompt|system message|instructions|developer message|guidelines|system instructions|configuration)\\b',
  ),
  sign(
    'extraction',
    0.65,
    '\\b(?:repeat|print|output|write|copy|return|echo)\\b.{0,20}\\b(?:words|text|everything|all|content|sentences|lines)\\b',
    '.{0,12}\\b(?:above|before this|preceding)\\b',
  ),
  sign('extraction', 0.3, '\\b(?:starting|begins?|beginning) with\\s["\'“]?you are\\b'),
  sign('extraction', 0.25, '\\bsystem prompt\\b.{0,60}\\b(?:verbatim|word for word|in full|code block)\\b'),
  sign('role-play', 0.8, '\\bdo anything now\\b|\\b(?:you are|act as|be|called|named|as)\\s(?:dan|stan|betterdan)\\b'),
  sign(
    'role-play',
    0.6,
    '\\b(?:developer|god|jailbreak|dan|sudo|debug|unrestricted|admin)[ -]?mode\\s(?:is\\s)?(?:enabled|activated|on|output|engaged|unlocked)',
  ),
  sign(
    'role-play',
    0.6,
    '\\b(?:enable|activate|enter|switch to|engage)\\s(?:the\\s)?(?:developer|god|jailbreak|dan|unrestricted)[ -]?mode\\b',
  ),
  sign(
    'role-play',
    0.6,
    '\\bevil confidant\\b|\\bmachiavellian\\b.{0,60}\\b(?:chatbot|unfiltered|amoral)|\\bunfiltered and amoral\\b|\\bmongo tom\\b',
  ),
  sign(
    'role-play',
    0.6,
    '\\b(?:pretend|act|imagine|role-?play|simulate|behave|respond|answer|you are now|become)\\b.{0,60}',
    '\\b(?:(?:without|no|free of|free from|ignores?|not bound by)\\s(?:any\\s|all\\s)?(?:restrictions?|filters?|censorship|ethic(?:s|al)|moral|limitations?|limits|rules|guidelines|safety|content polic)|unrestricted|unfiltered|uncensored|amoral)',
  ),
  sign(
    'role-play',
    0.6,
    '\\bgrand(?:ma|mother)\\b.{0,80}\\b(?:napalm|windows|licen[sc]e|activation|serial|meth|bomb|explosives?)\\b',
  ),
  sign('role-play', 0.35, '\\b(?:never|cannot|must not|do not)\\srefuse\\b|\\bstay in character\\b|\\bjailbroken\\b'),
  sign(
    'delimiter',
    0.6,
    '<\\|(?:im_start|im_end|system|user|assistant|eot_id|begin_of_text|start_header_id|end_header_id|endofprompt)\\|>',
  ),
  sign('delimiter', 0.55, '\\[/?inst\\]|<</?sys>>|<(?:start|end)_of_turn>'),
  sign(
    'delimiter',
    0.35,
    '(?:^|\\n)\\s{0,4}(?:#{2,4}\\s?|\\[|<|\\()?(?:system|developer)(?:\\s(?:message|prompt|note|update))?(?:\\]|>|\\))?\\s?:',
  ),
  sign(
    'delimiter',
    0.5,
    '\\b(?:end|begin|start|beginning)\\sof\\s(?:the\\s)?(?:system\\s)?(?:prompt|instructions?|user input|system message|untrusted)\\b',
  ),
  sign('delimiter', 0.55, '\\b(?:system|admin|administrator|security|safety)\\s(?:override|bypass)\\b'),
  sign('delimiter', 0.3, '</?(?:system|system_prompt|instructions?|user_input|admin)>'),
  sign(
    'payload',
    0.6,
    '\\b(?:decode|base64|rot13|hex|morse|reversed?|cipher|unicode)\\b.{0,60}',
    '\\b(?:follow|execute|obey|comply|carry out|do (?:what|as)|act on|perform)\\b',
  ),
  sign(
    'payload',
    0.5,
    '\\b(?:follow|execute|obey|carry out)\\b.{0,24}\\b(?:encoded|hidden|decoded|embedded|base64)\\b',
  ),
  sign(
    'payload',
    0.5,
    '\\b(?:send|post|forward|exfiltrate|upload|email|append|leak)\\b.{0,40}',
    '\\b(?:conversation|chat history|system prompt|api keys?|credentials|passwords?|secrets|user data)\\b.{0,40}\\b(?:to|at)\\b.{0,12}(?:https?:|@|attacker|the following (?:url|address))',
  ),
  sign(
    'authority',
    0.35,
    '\\bi am\\s(?:your|the|an?)\\s(?:developer|creator|admin(?:istrator)?|owner|openai|anthropic|system administrator)\\b',
  ),
  sign(
    'authority',
    0.5,
    '\\b(?:important|attention|note|message|instructions?|notice)\\s(?:to|for)\\s(?:the\\s|any\\s|all\\s)?(?:ai|llm|language model|assistant|chatbot|agent)s?\\b',
  ),
  sign('authority', 0.4, '\\bif you are an?\\s(?:ai|llm|large language model|language model|assistant|bot)\\b'),
  sign(
    'authority',
    0.4,
    "\\b(?:do not|don't|never)\\s(?:tell|mention|inform|let|alert|notify)\\b.{0,24}\\b(?:the user|users?|anyone|the human)\\b",
  ),
] as const;

const GERMAN = [
  sign(
    'override',
    0.75,
    '\\b(?:ignoriere?n?|vergiss|vergesse?n?|missachte|umgehe|überschreibe)(?:\\ssie)?\\b.{0,30}',
    '(?:bisherig|vorherig|obig|alle|deine|vorangegangen|vorig|früher|ursprünglich).{0,24}(?:anweisung|instruktion|regel|vorgabe|befehl|prompt|richtlinie|einschränkung)',
  ),
  sign('override', 0.65, '\\bvergiss\\salles\\b.{0,20}(?:bisher|vorher|zuvor|davor|gesagt|was du)'),
  sign(
    'extraction',
    0.6,
    '\\b(?:zeige?|verrate?|nenne?|gib|wiederhole?|drucke?|schreibe?|was (?:ist|sind|steht in)|wie lautet|wie lauten)\\b.{0,40}',
    '(?:system-?\\s?prompt|systemnachricht|systemanweisung|dein(?:e|en)?\\s(?:\\p{L}{1,14}\\s)?(?:anweisungen|instruktionen|vorgaben|prompt))',
  ),
  sign(
    'role-play',
    0.6,
    '(?:\\bdu bist\\s(?:jetzt|ab jetzt|nun|ab sofort|nicht mehr)|\\btu so|\\bspiele?\\b|\\bantworte).{0,60}',
    '(?:\\bdan\\b|ohne\\s(?:jegliche\\s|alle\\s)?(?:einschränkung|filter|zensur|regel)|keine(?:n|rlei)?\\s(?:einschränkung|regel|filter|grenze)|uneingeschränkt|unzensiert|gebunden)',
  ),
  sign('role-play', 0.6, '\\bentwicklermodus\\b'),
];

const FRENCH = [
  sign(
    'override',
    0.75,
    '\\b(?:ignore[zr]?|oublie[zr]?|néglige[zr]?|contourne[zr]?|ne (?:tiens|tenez) pas compte|fais abstraction)\\b.{0,30}',
    '(?:instructions?|consignes?|règles?|directives?|prompts?|ordres)\\b.{0,16}(?:précédent|ci-dessus|antérieur|initial|système|reçu|qui précèdent)',
  ),
  sign(
    'override',
    0.7,
    '\\b(?:ignore[zr]?|oublie[zr]?|contourne[zr]?)\\s(?:toutes?|tous)\\s(?:tes|vos|les)\\s(?:\\p{L}{1,12}\\s)?(?:instructions|consignes|règles|directives|ordres)',
  ),
  sign('override', 0.6, '\\boublie[zr]?\\stout\\b.{0,20}(?:précède|avant|précédemment|dit)'),
  sign(
    'extraction',
    0.6,
    '\\b(?:révèle|affiche|montre|donne|répète|écris|quel(?:le)?s? (?:est|sont))\\b.{0,40}',
    '(?:(?:prompt|invite|message|instructions?)\\s(?:du\\s|de\\s)?système|(?:tes|vos)\\s(?:instructions|consignes)|instructions\\s(?:secrètes|cachées|initiales))',
  ),
  sign(
    'role-play',
    0.6,
    '\\b(?:tu es|vous êtes|agis|fais comme|réponds|joue)\\b.{0,60}',
    '(?:\\bdan\\b|sans\\s(?:aucune?\\s)?(?:restriction|filtre|limite|censure|règle)|aucune?\\s(?:restriction|règle|limite|filtre))',
  ),
];

const SPANISH = [
  sign(
    'override',
    0.75,
    '\\b(?:ignor[ae]n?|olvid[ae]n?|omit[ae]|descart[ae]|desobedece|no sigas)\\b.{0,30}',
    '(?:instrucciones|reglas|indicaciones|directrices|órdenes|prompts?|normas)\\b.{0,16}(?:anteriores|previas|de arriba|originales|iniciales|del sistema)',
  ),
  sign(
    'override',
    0.7,
    '\\b(?:ignor[ae]|olvid[ae])\\stod[ao]s\\s(?:tus|las|sus)\\s(?:\\p{L}{1,12}\\s)?(?:instrucciones|reglas|directrices|órdenes)',
  ),
  sign('override', 0.6, '\\bolvid[ae]\\stodo\\b.{0,20}(?:anterior|antes|dicho|dije)'),
  sign(
    'extraction',
    0.6,
    '\\b(?:muestra|muéstrame|revela|dime|repite|imprime|escribe|cuál(?:es)? (?:es|son))\\b.{0,40}',
    '(?:(?:prompt|mensaje|instrucciones)\\s(?:del?\\s)?sistema|tus\\s(?:\\p{L}{1,12}\\s)?instrucciones|instrucciones\\s(?:ocultas|secretas|iniciales))',
  ),
  sign(
    'role-play',
    0.6,
    '\\b(?:ahora eres|eres|actúa como|finge|compórtate|responde)\\b.{0,60}',
    '(?:\\bdan\\b|sin\\s(?:ningun[ao]?\\s|ningún\\s)?(?:restricci|filtro|límite|censura|regla)|no\\stiene[ns]?\\s(?:restricciones|reglas|límites))',
  ),
];

const CHINESE = [
  sign(
    'override',
    0.75,
    '(?:忽略|无视|忘记|忘掉|不要理会|不要遵守|跳过|抛开|忽視|無視).{0,12}(?:之前|以上|上面|先前|前面|所有|全部|你的|原来|上述|一切)',
    '.{0,10}(?:指令|指示|提示|规则|要求|设定|限制|说明|內容|内容|規則)',
  ),
  sign(
    'extraction',
    0.6,
    '(?:显示|输出|告诉我|透露|打印|重复|泄露|复述|给我|说出|公开).{0,16}',
    '(?:系统提示|系统指令|系统消息|系统设定|初始指令|初始提示|你的(?:指令|提示词|设定|规则|提示)|隐藏的?指令)',
  ),
  sign(
    'role-play',
    0.65,
    '(?:你现在是|从现在(?:开始|起)|扮演|假装|假设你).{0,30}(?:没有(?:任何)?(?:限制|约束|道德|规则)|不受(?:任何)?(?:限制|约束|规则)|\\bdan\\b|无限制|越狱|不用遵守)',
  ),
  sign('role-play', 0.6, '(?:进入|启用|开启|打开).{0,4}(?:开发者|越狱|无限制)模式'),
];

/** All signs. A heuristic list: it knows the common wordings of known attacks, in five languages, and nothing else. */
export const INJECTION_PATTERNS: readonly InjectionPattern[] = [
  ...ENGLISH,
  ...GERMAN,
  ...FRENCH,
  ...SPANISH,
  ...CHINESE,
];
