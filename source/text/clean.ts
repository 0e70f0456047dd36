declare const cleaned: unique symbol

/**
 * A string that is safe to draw: no control characters, no escape sequences, no invisible or direction-changing
 * characters. Only this module makes one, so that an outside string that skipped it does not compile.
 */
export type Clean = string & { readonly [cleaned]: true }

// C0, DEL, C1, zero-width and joiners, line and paragraph separators, direction marks and isolates, BOM, tags, and lone
// surrogates: each either moves the cursor, reorders what stands beside it, or hides.
const unsafe =
  // oxlint-disable-next-line no-control-regex -- control characters are what this expression is for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Cs}/gu

/** Replaces every unsafe character by U+FFFD and cuts to `limit` UTF-16 units (default 4,096). */
export const clean = (outside: string, limit = 4096): Clean => {
  const cut = outside.length > limit ? `${outside.slice(0, limit - 1)}…` : outside
  return cut.replace(unsafe, '\ufffd') as Clean
}

/** Joins clean strings; the result is clean because the separator is cleaned too. */
export const joinClean = (parts: readonly Clean[], separator = ''): Clean => parts.join(clean(separator)) as Clean
