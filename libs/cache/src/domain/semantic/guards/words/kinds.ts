/**
 * What is told apart by a word of a short list, by what it is: a swap of two of one kind is another question, `dog` and `breakfast` only
 * speak of different things. The form of `PLACES`; a word may be of several kinds.
 */
export const KINDS = {
  colour: 'red | blue | green | yellow | black | white | orange | purple | pink | brown | grey: gray | gold | silver',
  animal:
    'dog: dogs | cat: cats | horse: horses | cow: cows | pig: pigs | chicken: chickens | fish | bird: birds | rabbit: rabbits | snake: snakes',
  person:
    'man: men male boy boys guy guys boyfriend husband | woman: women female girl girls girlfriend wife | father: dad | mother: mom mum | brother: brothers | sister: sisters | son: sons | daughter: daughters',
  meal: 'breakfast | lunch | dinner',
  card: 'credit | debit | prepaid',
  subject:
    'physics | chemistry | biology | mathematics: math maths | history | economics | psychology | philosophy | mechanical | civil | electrical | chemical | aerospace',
  season: 'spring_season | summer | autumn: fall_season | winter',
  timeOfDay: 'morning | evening | night',
  sport: 'cricket | football: soccer | basketball | baseball | tennis | hockey | golf',
  element:
    'hydrogen | oxygen | nitrogen | helium | carbon | iron | gold | silver | copper | lead_metal | zinc | aluminum: aluminium | sodium | potassium | calcium | magnesium',
  disease: 'diabetes | cancer | asthma | malaria | tuberculosis | hiv: aids | hepatitis | pneumonia',
  drug: 'ibuprofen | paracetamol: acetaminophen tylenol | aspirin | amoxicillin',
  food: 'beef | pork | lamb | chicken: chickens | fish | turkey_meat | rice | pasta | bread | milk | cheese | sugar | salt | butter | coffee | tea | wine | beer | vodka | whiskey: whisky',
};
