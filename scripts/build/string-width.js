// Stands for string-width in the bundle, for Ink's copies too. The real one builds tables of all emoji when it is loaded,
// which takes as long as everything else before the first frame; what a calm screen holds needs none of them.
// oxlint-disable-next-line no-control-regex -- SGR sequences begin with one
const sgr = /\u001b\[[\d;]*m/g
const oneCell = /^[\u0020-\u007e\u00b7\u2022\u2026\u203a\u2500-\u259f\u25b2\u25b3\u25bc\u25cf\u2713\u2800-\u28ff]*$/
let real

export default function stringWidth(text, options) {
  const plain = text.includes('\u001b') ? text.replace(sgr, '') : text
  if (oneCell.test(plain)) return plain.length
  real ??= require('real-string-width').default
  return real(text, options)
}
