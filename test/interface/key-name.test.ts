import type { Key } from 'ink'
import { describe, expect, test } from 'vitest'
import { keyName } from '../../source/interface/key-name.ts'

const key = (pressed: Partial<Key> = {}): Key => pressed as Key

describe('the name of a key', () => {
  test.each([
    ['j', {}, 'j'],
    ['G', { shift: true }, 'G'],
    ['/', {}, '/'],
    [' ', {}, 'space'],
    ['f', { ctrl: true }, 'ctrl-f'],
    ['x', { meta: true }, 'alt-x'],
    ['', { upArrow: true }, 'up'],
    ['', { leftArrow: true, shift: true }, 'shift-left'],
    ['', { tab: true }, 'tab'],
    ['', { tab: true, shift: true }, 'shift-tab'],
    ['', { pageDown: true }, 'pagedown'],
    ['\r', { return: true }, 'enter'],
    ['', { escape: true, meta: true }, 'esc'],
    ['', { backspace: true }, 'backspace'],
    ['', { delete: true }, 'delete'],
    ['', { home: true }, 'home'],
    ['漢', {}, '漢'],
  ])('%j with %j is %s', (input, pressed, name) => {
    expect(keyName(input, key(pressed))).toBe(name)
  })
})
