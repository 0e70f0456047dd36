import { describe, expect, test } from 'vitest'
import { type Colour, defaultPalette, type Style } from '../../source/text/palette.ts'

type Triple = readonly [number, number, number]
type Matrix = readonly [Triple, Triple, Triple]

const linear = (channel: number): number => {
  const share = channel / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}

const dot = (left: Triple, right: Triple): number => left[0] * right[0] + left[1] * right[1] + left[2] * right[2]
const times = ([one, two, three]: Matrix, colour: Triple): Triple => [
  dot(one, colour),
  dot(two, colour),
  dot(three, colour),
]

/** The levels of one axis of xterm's 6x6x6 colour cube. */
const cube = [0, 95, 135, 175, 215, 255] as const
const level = (index: number): number => cube[index % 6] ?? 0

const channels = (colour: Colour, depth: '256' | 'truecolor'): Triple => {
  const [, , one = 0, two = 0, three = 0] = colour[depth].split(';').map(Number)
  if (depth === 'truecolor') return [one, two, three]
  const at = one - 16
  return one >= 232
    ? [8 + (one - 232) * 10, 8 + (one - 232) * 10, 8 + (one - 232) * 10]
    : [level(Math.floor(at / 36)), level(Math.floor(at / 6)), level(at)]
}

const luminance = (colour: Triple): number => dot([0.2126, 0.7152, 0.0722], colour)
/** WCAG 2.2, contrast ratio. */
const contrast = (one: number, other: number): number => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)

// Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
const visions: Readonly<Record<string, Matrix>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

/** CIE 1976 L*a*b* of linear sRGB under D65. */
const lab = (colour: Triple): Triple => {
  const xyz = times(
    [
      [0.4124, 0.3576, 0.1805],
      [0.2126, 0.7152, 0.0722],
      [0.0193, 0.1192, 0.9505],
    ],
    colour,
  )
  const bend = (share: number): number =>
    share > 216 / 24_389 ? Math.cbrt(share) : (share * 24_389) / 27 / 116 + 16 / 116
  const [x, y, z] = [bend(xyz[0] / 0.9505), bend(xyz[1]), bend(xyz[2] / 1.089)]
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

const distance = (one: Triple, other: Triple): number =>
  Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2])

const styles = Object.keys(defaultPalette) as Style[]
const bands: readonly Style[] = ['note', 'warning', 'critical', 'stale']

describe.each(['256', 'truecolor'] as const)('the default palette in %s', (depth) => {
  const seen = (style: Style, matrix: Matrix): Triple | undefined => {
    const { colour } = defaultPalette[style]
    if (!colour) return undefined
    const [red, green, blue] = channels(colour, depth)
    return times(matrix, [linear(red), linear(green), linear(blue)]).map((share) =>
      Math.min(1, Math.max(0, share)),
    ) as unknown as Triple
  }

  test.each(styles)('%s is readable on black and on white', (style) => {
    const colour = seen(style, visions.usual as Matrix)
    const light = colour ? luminance(colour) : undefined
    expect(light === undefined || Math.min(contrast(light, 0), contrast(light, 1)) >= 3).toBe(true)
  })

  test.each(Object.keys(visions))('tells the bands apart with %s', (vision) => {
    const colours = bands.map((band) => lab(seen(band, visions[vision] as Matrix) ?? [0, 0, 0]))
    const pairs = colours.flatMap((one, index) => colours.slice(index + 1).map((other) => distance(one, other)))
    expect(Math.min(...pairs)).toBeGreaterThan(20)
  })
})

test('with 16 colours every band has a colour of its own', () => {
  expect(new Set(bands.map((band) => defaultPalette[band].colour?.['16'])).size).toBe(bands.length)
})
