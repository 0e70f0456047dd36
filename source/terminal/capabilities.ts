import { type ColourDepth, colourDepthOf } from '../text/colour.ts'
import { type GlyphLevel, glyphLevelOf } from '../text/glyphs.ts'

/** What a terminal can show. */
export type Capabilities = {
  readonly colour: ColourDepth
  readonly glyphs: GlyphLevel
  /** It cannot place the cursor, so no screen can be drawn on it. */
  readonly isDumb: boolean
}

export type CapabilityOptions = {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** `--color` and `--glyphs`; undefined or `auto` leaves it to the environment. */
  readonly colour?: ColourDepth | 'auto' | undefined
  readonly glyphs?: GlyphLevel | 'auto' | undefined
}

// By their terminfo entries: terminals of 24 bit whose name is often all that gets through ssh, and terminals without
// colour.
const direct = /^(?:xterm-kitty|xterm-ghostty|alacritty|foot|wezterm|contour)(?:-|$)/
const monochrome = /^vt\d/

const colourOf = (environment: CapabilityOptions['environment'], term: string): ColourDepth => {
  const depth = colourDepthOf(environment)
  if (depth === 'none' || monochrome.test(term)) return 'none'
  return direct.test(term) ? 'truecolor' : depth
}

/**
 * Colours, symbols and whether a screen is possible at all, from the arguments and then the environment. An argument goes
 * before `NO_COLOR`, and `NO_COLOR` before everything else.
 */
export const capabilitiesOf = ({ environment, colour, glyphs }: CapabilityOptions): Capabilities => {
  const term = environment['TERM'] ?? ''
  const isDumb = term === '' || term === 'dumb' || term === 'unknown'
  const found = isDumb ? 'none' : colourOf(environment, term)
  return {
    colour: colour === undefined || colour === 'auto' ? found : colour,
    glyphs: glyphs !== undefined && glyphs !== 'auto' ? glyphs : isDumb ? 'ascii' : glyphLevelOf(environment),
    isDumb,
  }
}
