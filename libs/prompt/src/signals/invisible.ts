/** Characters that are invisible, or that only join or direct others (a class of a pattern with the flag `u`): they hide words. */
export const INVISIBLE = '\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\ufeff\\u{e0000}-\\u{e007f}';
