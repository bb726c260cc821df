import type { ChatCompletionRequest } from '@relay/contracts';
import { refusalOfText, refusalToLookUp } from './eligibility';

const terms = { maxTurns: 2, maxTemperature: 1 };
const user = (content: unknown): object => ({ role: 'user', content });
const refusal = (fields: object): string | null =>
  refusalToLookUp({ model: 'small', messages: [user('What is a relay?')], ...fields } as ChatCompletionRequest, terms);

describe('requests that are not looked up by meaning', () => {
  it('looks up a question', () => {
    expect(refusal({})).toBeNull();
  });

  it('looks up a request that only declares tools', () => {
    expect(refusal({ tools: [{ type: 'function' }] })).toBeNull();
  });

  it.each<[string, object]>([
    ['several_answers', { n: 2 }],
    ['logprobs', { logprobs: true }],
    ['not_text', { modalities: ['text', 'audio'] }],
    ['hot', { temperature: 1.1 }],
    ['empty', { messages: [user('  ')] }],
    ['empty', { messages: [{ role: 'system', content: 'x' }] }],
    ['too_long', { messages: [user('why '.repeat(501))] }],
    ['too_many_turns', { messages: [user('a'), user('b'), user('c')] }],
    ['images', { messages: [user([{ type: 'text', text: 'What is this?' }, { type: 'image_url' }])] }],
    ['tools_in_conversation', { messages: [user('a'), { role: 'tool', content: '5' }] }],
    ['tools_in_conversation', { messages: [user('a'), { role: 'assistant', tool_calls: [{ id: '1' }] }, user('b')] }],
    ['personal', { messages: [user('What is my balance?')] }],
    [
      'time_relative',
      {
        messages: [user('What is the weather in Ghent?'), { role: 'assistant', content: 'Wet.' }, user('And Bruges?')],
      },
    ],
  ])('%s: %j', (reason, fields) => {
    expect(refusal(fields)).toBe(reason);
  });
});

describe('questions', () => {
  it.each([
    'How do I reset my password?',
    'my card has not arrived',
    'Why was I charged a fee?',
    'Can I have more than one card?',
    'How long does a transfer take?',
    'I forgot my passcode, what should I do?',
    'Is my money safe with you?',
    'How do I change my address?',
    'Where can I use my card?',
    'Write a function that adds two numbers',
    'Delete a row of a table in SQL',
    'send an email with node.js in javascript',
    'What is the capital of France?',
    'Explain how interest rates work',
    'What is the time complexity of quicksort?',
    'Translate "good morning" to French',
    'How do I write a sales forecast?',
    'I lost my card, what do I do now?',
    'My transfer should have come by now',
    'My top-up has been pending for two days now',
    'Is there a limit for a top up?',
    'Why is the tap still running?',
    'What should I do if the server is down?',
    'If the server is down, whom do I call?',
    'Is an open door a fire hazard?',
    'What does on call mean?',
    'What comes next in the Fibonacci sequence?',
    'How do I merge the release branch?',
    'Merge these two sentences into one',
    'Kann ich hier mit Karte bezahlen?',
    'Wie setze ich mein Passwort zurück?',
    'Comment changer mon mot de passe ?',
    '¿Cómo cambio mi contraseña?',
  ])('are everybody\'s: "%s"', (text) => {
    expect(refusalOfText(text)).toBeNull();
  });

  it.each([
    "what's my balance",
    'What is the balance of my savings account?',
    'where is my order 123',
    'Where’s my package?',
    'When will my refund arrive?',
    'how much did i spend on food',
    'How many vacation days do I have left?',
    'Has my transfer gone through?',
    'is my card still blocked?',
    'show me my transactions',
    'my name is Ada, write a greeting',
    'status of ticket #48213',
    'What can you find out about ada@example.com?',
    'Wie hoch ist mein Kontostand?',
    'Où est mon colis ?',
    '¿Cuál es mi saldo?',
  ])('are one person\'s: "%s"', (text) => {
    expect(refusalOfText(text)).toBe('personal');
  });

  it.each([
    'What is the weather in Paris?',
    'What happened today?',
    'who is the current president of France',
    'What is the latest iPhone?',
    'what time is it in Tokyo',
    'bitcoin price',
    'what can i do this weekend',
    'Is the shop open now?',
    'Is the server down now?',
    'Is the shop still open?',
    'Is GitHub down?',
    'Do you know if the VPN is up',
    'hey, are the trains running again?',
    'Which pods are running?',
    'Which shops are closed?',
    'Who is on call now?',
    'who is the engineer on call?',
    'When does the next train to Ghent leave?',
    'when is the next holiday',
    'What is the capital of France now?',
    'Who is now president of France?',
    'Wie wird das Wetter morgen früh?',
    "Que se passe-t-il aujourd'hui ?",
    '¿Qué hora es?',
  ])('are of the moment: "%s"', (text) => {
    expect(refusalOfText(text)).toBe('time_relative');
  });

  it.each([
    'Send an email to Bob',
    'please cancel my subscription',
    'Can you book a table for two?',
    'transfer $100 to savings',
    'i want to transfer 50 dollars to Ann',
    'create a ticket for the broken printer',
    'set an alarm for 6',
    'Remind me to call mom',
    'delete the last message',
    'Merge the release branch',
    'please revert my last commit',
    'merge PR #12',
    'Storniere meine Bestellung',
    'Annule ma commande',
    'Cancela mi pedido',
  ])('are orders: "%s"', (text) => {
    expect(refusalOfText(text)).toBe('write_intent');
  });

  it.each([
    'a',
    'my ',
    'how many ',
    'set up ',
    'please ',
    'what is my ',
    'order a',
    'is a ',
    'which is ',
    'merge the ',
    '1',
    '@',
    '. ',
    '\n',
    'i want to send ',
  ])('are judged at all, however they go on: %j', (piece) => {
    // A pattern that backtracks would not end before the test is given up.
    const refusal = refusalOfText(piece.repeat(2_000 / piece.length));
    expect(refusal === null || typeof refusal === 'string').toBe(true);
  });
});
