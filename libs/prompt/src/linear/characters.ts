/** Classes of UTF-16 code units, as far as features need them. */
export const SPACE = 0;
export const LETTER = 1; // also digits of scripts other than Latin, and halves of astral characters
export const DIGIT = 2;
export const SYMBOL = 3;
export const IDEOGRAPH = 4; // written without spaces: each is a word of its own
export const LINE_BREAK = 5;

const ASCII = Uint8Array.from({ length: 128 }, (_, code) => asciiClass(code));

function asciiClass(code: number): number {
  if (code === 10) return LINE_BREAK;
  if (code <= 32 || code === 127) return SPACE;
  if (code >= 48 && code <= 57) return DIGIT;
  const letter = code | 32;
  return letter >= 97 && letter <= 122 ? LETTER : SYMBOL;
}

export function classOf(code: number): number {
  if (code < 128) return ASCII[code] ?? SPACE;
  if (code === 0xa0 || (code >= 0x2000 && code <= 0x200b) || code === 0x2028 || code === 0x3000) return SPACE;
  if (code < 0xc0 || (code > 0x200b && code <= 0x2bff) || (code > 0x3000 && code <= 0x303f)) return SYMBOL;
  return (code >= 0x3040 && code <= 0x30ff) || (code >= 0x3400 && code <= 0x9fff) ? IDEOGRAPH : LETTER;
}
