import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TASKS, type ChatMessage, type Task } from '@relay/contracts';
import { promptText, type PromptText } from '@relay/prompt';
import { readSections } from './sections';

const EVALUATION = path.resolve(__dirname, '../evaluation');

/** A prompt as users write them, with the task that its author gave it. */
export interface EvaluationPrompt {
  readonly text: PromptText;
  readonly task: Task;
  readonly language: string;
}

/**
 * Prompts written for measuring, never trained on. The `development` ones may be looked at while the corpus is written; the `held-out` ones
 * were written after it was finished, and it has not been changed since.
 * A file has `### task language` heads, and `@role` lines where there is more than a message of the user.
 */
export function readEvaluation(part: 'development' | 'held-out'): EvaluationPrompt[] {
  const content = readFileSync(path.join(EVALUATION, `${part}.txt`), 'utf8');
  return content
    .split(/^### /m)
    .slice(1)
    .map((block) => {
      const [head = '', ...lines] = block.trimEnd().split('\n');
      const [task, language = ''] = head.split(' ');
      return { text: promptText(messagesOf(lines)), task: taskOf(task), language };
    });
}

function taskOf(name: string | undefined): Task {
  const task = TASKS.find((one) => one === name);
  if (!task) throw new Error(`evaluation: ${name} is no task`);
  return task;
}

const ROLE_LINE = /^@(system|user|assistant|tool)$/;

function messagesOf(lines: readonly string[]): ChatMessage[] {
  const messages: { role: string; content: string }[] = [];
  for (const line of lines) {
    const role = ROLE_LINE.exec(line)?.[1];
    const current = messages.at(-1);
    if (role) messages.push({ role, content: '' });
    else if (current) current.content += `${current.content ? '\n' : ''}${line}`;
    else messages.push({ role: 'user', content: line });
  }
  return messages;
}

/** Sentences with their language (ISO 639-1), and texts in none (`und`). */
export function readSentences(): { text: string; language: string }[] {
  const entries = readSections(path.join(EVALUATION, 'languages.txt'));
  return entries.map(({ section, text }) => ({ text, language: section }));
}
