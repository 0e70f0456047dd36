import type { Settings } from '../config/settings.ts'
import { colourDepthOf } from '../text/colour.ts'
import { type GlyphLevel, glyphLevelOf } from '../text/glyphs.ts'
import type { ColourDepth } from '../text/palette.ts'

/** How to draw, from what was set, else from what the environment promises. */
export const drawingOf = (
  settings: Pick<Settings, 'color' | 'glyphs'>,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly depth: ColourDepth; readonly glyphs: GlyphLevel } => ({
  depth:
    settings.color === 'auto' ? colourDepthOf(environment) : settings.color === 'never' ? 'none' : settings.color,
  glyphs: settings.glyphs === 'auto' ? glyphLevelOf(environment) : settings.glyphs,
})
