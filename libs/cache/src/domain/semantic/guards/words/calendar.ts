const names = (lists: readonly string[]): ReadonlyMap<string, number> =>
  new Map(lists.flatMap((list, index) => list.split(' ').map((name) => [name, index + 1] as const)));

/** In English, German, French and Spanish. Without `may`, `march` and `mar`, `mai`: see `UNSURE_MONTHS`. */
export const MONTHS = names([
  'january jan januar janvier enero',
  'february feb februar février febrero',
  'märz mars marzo',
  'april apr avril abril',
  'mayo',
  'june jun juni juin junio',
  'july jul juli juillet julio',
  'august aug août agosto',
  'september sep sept septembre septiembre',
  'october oct oktober octobre octubre',
  'november nov novembre noviembre',
  'december dec dezember décembre diciembre',
]);
/** Months only beside a day or a year, or with a preposition of time before: each is a word of its own. */
export const UNSURE_MONTHS: ReadonlyMap<string, number> = new Map([
  ['may', 5],
  ['march', 3],
  ['mar', 3],
  ['mai', 5],
]);
export const WEEKDAYS = names([
  'monday montag lundi lunes mondays',
  'tuesday dienstag mardi martes tuesdays',
  'wednesday mittwoch mercredi miércoles wednesdays',
  'thursday donnerstag jeudi jueves thursdays',
  'friday freitag vendredi viernes fridays',
  'saturday samstag samedi sábado saturdays',
  'sunday sonntag dimanche domingo sundays',
]);
/** Hours of the day by name, in minutes since midnight. */
export const HOURS: ReadonlyMap<string, number> = new Map([
  ['noon', 720],
  ['midday', 720],
  ['midnight', 0],
]);
