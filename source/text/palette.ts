import type { Standing } from './glyphs.ts'

export type ColourDepth = 'none' | '16' | '256' | 'truecolor'

/** What a piece of text is, never how it looks: that is the palette's. */
export type Style =
  | Standing
  | 'plain'
  | 'dim'
  | 'title'
  | 'border'
  | 'cursor'
  | 'key'
  | 'accent'
  | 'chart1'
  | 'chart2'
  | 'chart3'
  | 'chart4'

/** A colour as SGR parameters at each depth. */
export type Colour = Readonly<Record<Exclude<ColourDepth, 'none'>, string>>

export interface Look {
  readonly colour?: Colour
  readonly bold?: true
  /** Foreground and background change places. The only attribute that stays without colour. */
  readonly reverse?: true
}

export type Palette = Readonly<Record<Style, Look>>

// Every colour stands out 3:1 from black and from white (WCAG 2.2, 1.4.11), since nobody tells us the background; the bands
// stay apart for all three kinds of colour blindness, by lightness where the hues meet. The tests hold both. With 16 colours
// the terminal's own theme decides: no blue and no bright black, many themes make them unreadable.
const blue: Colour = { 16: '36', 256: '38;5;33', truecolor: '38;2;30;145;250' }
const orange: Colour = { 16: '33', 256: '38;5;136', truecolor: '38;2;200;135;0' }
const red: Colour = { 16: '31', 256: '38;5;161', truecolor: '38;2;215;30;50' }
const grey: Colour = { 16: '2', 256: '38;5;246', truecolor: '38;2;148;148;148' }
const teal: Colour = { 16: '32', 256: '38;5;30', truecolor: '38;2;0;139;139' }
const purple: Colour = { 16: '35', 256: '38;5;99', truecolor: '38;2;120;94;240' }

/** The default palette: quiet is uncoloured, blue, orange, red is calm to worst. */
export const defaultPalette: Palette = {
  plain: {},
  ok: {},
  dim: { colour: grey },
  title: { bold: true },
  border: { colour: grey },
  cursor: { reverse: true },
  note: { colour: blue },
  warning: { colour: orange },
  critical: { colour: red, bold: true },
  stale: { colour: grey },
  missing: { colour: grey },
  key: { colour: blue, bold: true },
  accent: { colour: blue },
  chart1: { colour: blue },
  chart2: { colour: teal },
  chart3: { colour: purple },
  chart4: {},
}
