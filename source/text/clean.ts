declare const cleaned: unique symbol

/**
 * A string that is safe to draw: no control characters, no escape sequences, no invisible or direction-changing
 * characters, and a width that does not depend on what stands beside it. Only this module makes one, so that an outside
 * string that skipped it does not compile.
 */
export type Clean = string & { readonly [cleaned]: true }

// Most strings are printable ASCII and need no second look.
const beyondAscii = /[^\u0020-\u007e]/

// Three reasons to refuse a character. It moves the cursor, reorders or hides: controls, formats (direction marks, BOM,
// tags), separators, whatever Unicode calls ignorable, lone surrogates. No two terminals agree on its width, or its width
// depends on its neighbour: unassigned, variation selectors (ignorable), skin tones, flag letters, loose Hangul letters,
// Kirat Rai vowels. It reaches outside its own text: a mark, or a letter that joins like one, with nothing before it;
// and the fifth mark on one letter.
const unsafe =
  /[\p{Cc}\p{Cf}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Emoji_Modifier}\p{Regional_Indicator}\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\u{16d63}-\u{16d6a}]|(?<=^|\p{M}{4})\p{M}|^[\u0e33\u0eb3\uff9e\uff9f]/gu

/** Replaces every unsafe character by U+FFFD and cuts to `limit` UTF-16 units (default 4,096). */
export const clean = (outside: string, limit = 4096): Clean => {
  if (limit < 1) return '' as Clean
  const cut = outside.length > limit ? `${outside.slice(0, limit - 1)}…` : outside
  return (beyondAscii.test(cut) ? cut.replace(unsafe, '\ufffd') : cut) as Clean
}

/** Joins clean strings; the result is clean because the separator is cleaned too. */
export const joinClean = (parts: readonly Clean[], separator = ''): Clean => parts.join(clean(separator)) as Clean
