import { type ColourDepth, createPainter, type Painter } from '../text/colour.ts'
import { type GlyphLevel, type Glyphs, glyphsFor } from '../text/glyphs.ts'

/** Everything that decides how things look, in one value. */
export interface Theme {
  readonly paint: Painter
  readonly glyphs: Glyphs
  readonly level: GlyphLevel
}

export const createTheme = (depth: ColourDepth, level: GlyphLevel): Theme => ({
  paint: createPainter(depth),
  glyphs: glyphsFor(level),
  level,
})
