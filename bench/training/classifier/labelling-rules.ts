import type { Task } from '@relay/contracts';

// What public data sets tell about the task. What no rule covers is not used: a wrong label costs more than a lost row.

const MATHEMATICS = new Set([
  'abstract_algebra',
  'college_mathematics',
  'elementary_mathematics',
  'high_school_mathematics',
  'high_school_statistics',
]);
/** Subjects whose questions are partly calculations: no label. */
const MIXED = new Set([
  'college_physics',
  'high_school_physics',
  'college_chemistry',
  'econometrics',
  'electrical_engineering',
]);

/** MMLU: mathematics is math, formal logic is reasoning, moral scenarios are judged rather than known, all else asks for knowledge. */
export function labelOfMmluSubject(subject: string): Task | null {
  if (MATHEMATICS.has(subject)) return 'math';
  if (subject === 'formal_logic') return 'reasoning';
  return MIXED.has(subject) || subject === 'moral_scenarios' ? null : 'question-answering';
}

const QUESTION_RULES: readonly (readonly [RegExp, Task | null])[] = [
  [/^Q: There are \d houses/, 'reasoning'],
  [/^Write a (?:python )?function|^\s*(?:from typing|import |def )|"""/, 'code'],
  [/\\boxed|\\frac|\\sqrt|\$[^$]*\\[a-z]+[^$]*\$|\[asy\]/, 'math'],
  [/^(?!.*\n).*\d.*\d.*\b(?:how (?:many|much|long|old|far)|what (?:is|was) the (?:total|average))\b.*\?$/i, 'math'],
  [/\b(?:python|java|javascript|c\+\+|sql|html|css|php|code|program|algorithm|android|excel|matlab|api)\b/i, null],
  [/\b(?:translat|meaning in|in (?:hindi|french|german|spanish|english|latin)\b)/i, null],
  [
    /\b(?:calculate|solve|integral|derivative|equation|probability|prove|square root|divided)\b|[=^\\]|\d\s*[-+*/]\s*\d/i,
    null,
  ],
  [
    /\b(?:write|essay|poem|story|joke|names? for|summar|paraphras|correct (?:this|sentence)|classif|puzzle|riddle|logic)/i,
    null,
  ],
  [
    /^(?:who|when|where|what|which|why|how|is|are|does|do|did|can|was|were|in which|in what)\b[^\n]{8,160}$/i,
    'question-answering',
  ],
];

/** Questions without a label of their own (Quora, nine models): the first rule that fits. */
export function labelOfQuestion(question: string): Task | null {
  return QUESTION_RULES.find(([pattern]) => pattern.test(question))?.[1] ?? null;
}

/** CLINC150, intents that are small talk with an assistant or an order to it. */
const CHAT_INTENTS = new Set(
  `greeting goodbye thank_you yes no maybe what_are_your_hobbies are_you_a_bot how_old_are_you do_you_have_pets who_made_you
  user_name what_is_your_name where_are_you_from who_do_you_work_for change_user_name change_ai_name change_volume change_speed
  change_accent whisper_mode next_song play_music alarm timer reminder_update cancel repeat roll_dice flip_coin smart_home
  make_call text what_can_i_ask_you meaning_of_life`.split(/\s+/),
);
/** Intents that ask for a fact. */
const QUESTION_INTENTS = new Set(
  `timezone ingredients_list nutrition_info calories cook_time food_last ingredient_substitution definition exchange_rate
  distance traffic weather time date vaccines travel_suggestion plug_type international_visa next_holiday meal_suggestion recipe
  oil_change_how jump_start tire_pressure improve_credit_score rollover_401k how_busy restaurant_reviews restaurant_suggestion
  gas_type flight_status travel_alert international_fees what_song`.split(/\s+/),
);

export function labelOfAssistantIntent(intent: string): Task | null {
  if (intent === 'translate') return 'translation';
  if (intent === 'calculator') return 'math';
  if (CHAT_INTENTS.has(intent)) return 'chat';
  return QUESTION_INTENTS.has(intent) ? 'question-answering' : null;
}

/** Banking77: customers who ask something, and customers who say what happened to them. */
export function labelOfBankingMessage(text: string): Task | null {
  if (/^(?:what|how|why|when|where|which|who|can|do|does|is|are|will)\b[^.!]*\?$/i.test(text))
    return 'question-answering';
  return /[?]/.test(text) ? null : 'chat';
}
