import type { TurnTemplate } from './template';

const turn = (c: string, asked: string[], turned: string[]): TurnTemplate => ({ c: c.split(', '), asked, turned });

export const TURN_TEMPLATES = {
  negation: [
    turn(
      'mushrooms, berries, nuts, roots, shellfish',
      ['Which {c} are safe to eat raw?', 'What {c} are safe when eaten raw?', 'Name {c} that are safe to eat raw'],
      [
        'Which {c} are not safe to eat raw?',
        "What {c} aren't safe when eaten raw?",
        'Name {c} that are not safe to eat raw',
      ],
    ),
    turn(
      'my passport, my laptop, liquids, a knife',
      [
        'Why can I take {c} on the plane?',
        'What is the reason I can take {c} on a plane?',
        'Why am I allowed to take {c} onto a plane?',
      ],
      [
        "Why can't I take {c} on the plane?",
        'What is the reason I cannot take {c} on a plane?',
        'Why am I not allowed to take {c} onto a plane?',
      ],
    ),
    turn(
      'a printer, an app, a router, a camera, a drone',
      ['How do I set up {c} with Wi-Fi?', 'What are the steps to set up {c} with Wi-Fi?', 'Setting up {c} with Wi-Fi'],
      [
        'How do I set up {c} without Wi-Fi?',
        'What are the steps to set up {c} without Wi-Fi?',
        'Setting up {c} without Wi-Fi',
      ],
    ),
    turn(
      'pancakes, bread, brownies, mayonnaise, pasta',
      ['How do I make {c} with eggs?', 'What is a recipe for {c} with eggs?', 'Making {c} with eggs'],
      ['How do I make {c} without eggs?', 'What is a recipe for {c} without eggs?', 'Making {c} without eggs'],
    ),
    turn(
      'landlord, employer, neighbour, bank, insurer',
      ['What should I tell my {c}?', 'Which things should I tell my {c}?', 'What is good to tell my {c}?'],
      [
        'What should I not tell my {c}?',
        'Which things should I never tell my {c}?',
        'What is not good to tell my {c}?',
      ],
    ),
    turn(
      'birds, mammals, reptiles, insects, fish',
      ['Which {c} can fly?', 'What {c} are able to fly?', 'Name {c} that can fly'],
      ['Which {c} cannot fly?', 'What {c} are not able to fly?', "Name {c} that can't fly"],
    ),
    turn(
      'React, Kubernetes, microservices, an ORM, GraphQL',
      ['When should I use {c}?', 'In which cases should I use {c}?', 'When does it make sense to use {c}?'],
      ['When should I not use {c}?', "In which cases shouldn't I use {c}?", 'When does it make no sense to use {c}?'],
    ),
    turn(
      'Norway, Switzerland, Turkey, Serbia, Iceland',
      [
        'Why is {c} a member of the alliance?',
        'What is the reason that {c} is a member of the alliance?',
        'Why is {c} a member in that alliance?',
      ],
      [
        "Why isn't {c} a member of the alliance?",
        'What is the reason that {c} is not a member of the alliance?',
        'Why is {c} not a member in that alliance?',
      ],
    ),
    turn(
      'income, inheritance, gifts, lottery wins, dividends',
      ['Which {c} do I have to declare?', 'What {c} do I have to declare?', 'Name {c} that I have to declare'],
      [
        "Which {c} don't I have to declare?",
        'What {c} do I not have to declare?',
        'Name {c} that I do not have to declare',
      ],
    ),
    turn(
      'cyclists, tourists, students, freelancers',
      [
        'What are {c} allowed to do here?',
        'Which things are {c} allowed to do here?',
        'Here, what are {c} allowed to do?',
      ],
      [
        'What are {c} not allowed to do here?',
        'Which things are {c} never allowed to do here?',
        "Here, what aren't {c} allowed to do?",
      ],
    ),
    turn(
      'tomatoes, tulips, an orchid, a lemon tree',
      ['Why does {c} need direct sun?', 'What is the reason {c} need direct sun?', 'Explain why {c} need direct sun'],
      [
        "Why doesn't {c} need direct sun?",
        'What is the reason {c} do not need direct sun?',
        'Explain why {c} never need direct sun',
      ],
    ),
  ],
  antonyms: [
    turn(
      '2FA, dark mode, notifications, autocomplete, cookies, roaming, telemetry',
      ['How do I enable {c}?', 'What is the way to enable {c}?', 'Steps to enable {c}'],
      ['How do I disable {c}?', 'What is the way to disable {c}?', 'Steps to disable {c}'],
    ),
    turn(
      'blood pressure, inflation, screen brightness, the font size, humidity, metabolism',
      ['How can I increase {c}?', 'What can be done to increase {c}?', 'Ways to increase {c}'],
      ['How can I decrease {c}?', 'What can be done to decrease {c}?', 'Ways to decrease {c}'],
    ),
    turn(
      'stocks, a house, crypto, gold, a used car, bonds',
      ['When is a good time to buy {c}?', 'At what point should one buy {c}?', 'Good moment to buy {c}'],
      ['When is a good time to sell {c}?', 'At what point should one sell {c}?', 'Good moment to sell {c}'],
    ),
    turn(
      'a surgery, a marathon, an interview, an exam, a long flight',
      ['What should I eat before {c}?', 'Which foods are right before {c}?', 'Best meals before {c}'],
      ['What should I eat after {c}?', 'Which foods are right after {c}?', 'Best meals after {c}'],
    ),
    turn(
      'wage, speed, age, deposit, temperature',
      ['What is the minimum {c} here?', 'How is the minimum {c} set here?', 'Tell me the minimum {c} here'],
      ['What is the maximum {c} here?', 'How is the maximum {c} set here?', 'Tell me the maximum {c} here'],
    ),
    turn(
      'remote work, nuclear power, homeschooling, daylight saving, electric cars',
      ['What are the advantages of {c}?', 'Which advantages does {c} have?', 'List advantages of {c}'],
      ['What are the disadvantages of {c}?', 'Which disadvantages does {c} have?', 'List disadvantages of {c}'],
    ),
    turn(
      'a ticket, an invitation, an offer, a cookie banner',
      ['How do I accept {c}?', 'What do I do to accept {c}?', 'Steps to accept {c}'],
      ['How do I decline {c}?', 'What do I do to decline {c}?', 'Steps to decline {c}'],
    ),
    turn(
      'a PDF, a zip archive, a hard disk, a message',
      ['How do I encrypt {c}?', 'What do I need to encrypt {c}?', 'Which tool can encrypt {c}?'],
      ['How do I decrypt {c}?', 'What do I need to decrypt {c}?', 'Which tool can decrypt {c}?'],
    ),
    turn(
      'dough, ice cream, chocolate, wax',
      ['Why does {c} harden?', 'What makes {c} harden?', 'What is the reason that {c} hardens?'],
      ['Why does {c} soften?', 'What makes {c} soften?', 'What is the reason that {c} softens?'],
    ),
    turn(
      'mountain, river, bridge, lake, novel',
      [
        'What is the longest {c} of the country?',
        'Which {c} is the longest of the country?',
        'Name the longest {c} of the country',
      ],
      [
        'What is the shortest {c} of the country?',
        'Which {c} is the shortest of the country?',
        'Name the shortest {c} of the country',
      ],
    ),
    turn(
      'a greenhouse, a bookshop, a sauna, a lighthouse',
      ['How hot is it inside {c}?', 'What is the heat inside {c}?', 'How hot does it get inside {c}?'],
      ['How hot is it outside {c}?', 'What is the heat outside {c}?', 'How hot does it get outside {c}?'],
    ),
    turn(
      'a contact, a number, a sender, a website',
      ['How do I block {c}?', 'What are the steps to block {c}?', 'Which setting blocks {c}?'],
      ['How do I unblock {c}?', 'What are the steps to unblock {c}?', 'Which setting unblocks {c}?'],
    ),
    turn(
      'in Ohio, in Kenya, in Quebec, for minors',
      ['Is it legal to record calls {c}?', 'Are recorded calls legal {c}?', 'Tell me if recording calls is legal {c}'],
      [
        'Is it illegal to record calls {c}?',
        'Are recorded calls illegal {c}?',
        'Tell me if recording calls is illegal {c}',
      ],
    ),
    turn(
      'sound, a signal, a guitar, a voice',
      ['How do I amplify {c}?', 'What does one use to amplify {c}?', 'Tools that amplify {c}'],
      ['How do I attenuate {c}?', 'What does one use to attenuate {c}?', 'Tools that attenuate {c}'],
    ),
    turn(
      'a diver, a balloon, a submarine, a glider',
      ['Why does {c} ascend?', 'What makes {c} ascend?', 'How does {c} ascend?'],
      ['Why does {c} descend?', 'What makes {c} descend?', 'How does {c} descend?'],
    ),
  ],
} satisfies Record<'negation' | 'antonyms', readonly TurnTemplate[]>;
