import { TASKS, type Task } from '@relay/contracts';
import type { PromptText } from '@relay/prompt';
import { readCues } from '../../training/classifier/corpus';

/** The words that come to mind first. The first line that fits decides. */
const KEY_WORDS: readonly (readonly [RegExp, Task])[] = [
  [
    /translat|übersetz|tradui|traduc|翻译|翻訳|訳し|how do (?:you|i) say|comment dit-on|cómo se dice|怎么说/i,
    'translation',
  ],
  [/summar|tl;?dr|sum up|key points|zusammenfass|résum|resum|总结|概括|摘要|要約|gist|takeaway/i, 'summarisation'],
  [
    /classif|categor|sentiment|label|spam|positive or negative|klassifi|clasific|分类|情感|分類|stimmung/i,
    'classification',
  ],
  [/extract|extrah|extrai|extrae|提取|抽出|list all|as json|named entit|pull out/i, 'extraction'],
  [
    /rewrite|rephrase|paraphras|proofread|grammar|reword|umformulier|korrigier|reformul|corrig|改写|润色|书き直|言い換え|polite|formal/i,
    'rewriting',
  ],
  [
    /```|\bdef |function|\bcode\b|python|javascript|typescript|\bsql\b|\bapi\b|docker|\bgit\b|\bbug\b|exception|funktion|fonction|función|代码|コード/i,
    'code',
  ],
  [/puzzle|riddle|logic|step by step|premise|rätsel|énigme|acertijo|推理|谜|argument|pros and cons/i, 'reasoning'],
  [
    /solve|calculat|equation|integral|derivative|probab|\d\s*[-+*/^=]\s*\d|prove|berechn|calcul|resuelve|résou|计算|方程|計算|\\frac|how many|wie viele/i,
    'math',
  ],
  [
    /write|story|poem|slogan|ideas|lyrics|schreib|écri|escrib|gedicht|histoire|cuento|写|書いて|geschichte|poème/i,
    'creative',
  ],
  [
    /\?|？|^(?:what|who|when|where|why|how|which|explain|was|wer|wie|qui|que|cómo)\b|什么|为什么/i,
    'question-answering',
  ],
];

/** What a short list of key words makes of a prompt: the least that a model has to beat. */
export function taskByKeyWords({ system, last, user }: PromptText): Task {
  const text = `${system}\n${last || user}`;
  return KEY_WORDS.find(([pattern]) => pattern.test(text))?.[1] ?? 'chat';
}

/** The same by all the cues that the model is trained on, in all languages: the task with the most of them in the prompt. */
export function cueCounter(): (text: PromptText) => Task {
  const cues = TASKS.map((task) => [task, readCues(task).map(patternOf)] as const);
  return ({ system, last, user }) => {
    const text = `${system}\n${last || user}`;
    let [best, most]: [Task, number] = ['chat', 0];
    for (const [task, patterns] of cues) {
      const count = patterns.filter((pattern) => pattern.test(text)).length;
      if (count > most) [best, most] = [task, count];
    }
    return best;
  };
}

/** A whole word where words are set apart by spaces. */
function patternOf(cue: string): RegExp {
  const escaped = cue.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return /^[\x20-\u024f]+$/.test(cue)
    ? new RegExp(`(?<![\\p{L}\\d])${escaped}(?![\\p{L}\\d])`, 'iu')
    : new RegExp(escaped, 'u');
}
