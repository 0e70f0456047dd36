import { describe, expect, test } from 'vitest'
import { isSudoTooOld, sudoRefusal } from '../../../source/nodes/privilege/sudo-words.ts'
import { clean } from '../../../source/text/clean.ts'

describe('what sudo says', () => {
  test.each([
    ['sudo: a password is required', 'a password is required'],
    ['sudo: sorry, you must have a tty to run sudo', 'sorry, you must have a tty to run sudo'],
    [
      "Sorry, user kim is not allowed to execute '/bin/x' as root on a.",
      "Sorry, user kim is not allowed to execute '/bin/x' as root on a.",
    ],
    ['kim is not in the sudoers file.', 'kim is not in the sudoers file.'],
    ['welcome\nsudo: unable to resolve host a: no such host\nsudo: a password is required\n', 'a password is required'],
    [clean('sudo: a password is required\nSudo version 1.9.5'), 'a password is required'],
  ])('%j is a refusal', (text, words) => {
    expect(sudoRefusal(1, text)).toBe(words)
  })

  test('is not looked for after any other end than its own', () => {
    expect(sudoRefusal(0, 'sudo: a password is required')).toBeUndefined()
    expect(sudoRefusal(124, 'sudo: a password is required')).toBeUndefined()
    expect(sudoRefusal(null, 'sudo: a password is required')).toBeUndefined()
  })

  test.each([
    '',
    'conntrack v1.4.7 (conntrack-tools): Operation failed',
    'tcpdump: eth7: No such device exists',
    'sudo: unable to resolve host a: no such host\ntcpdump: eth7: No such device exists',
  ])('%j is the failure of what it ran', (text) => {
    expect(sudoRefusal(1, text)).toBeUndefined()
  })

  test('is looked for in the first 512 characters of a line', () => {
    const words = ' is not in the sudoers file.'
    expect(sudoRefusal(1, `welcome\n${'k'.repeat(512 - words.length)}${words}`)).toContain(words)
    expect(sudoRefusal(1, `welcome\n${'k'.repeat(512)}${words}`)).toBeUndefined()
    expect(sudoRefusal(1, `sudo: ${'k'.repeat(16_000)}`)).toHaveLength(506)
    expect(sudoRefusal(127, `${'k'.repeat(512)} sudo: not found`)).toBeUndefined()
  })

  test('is looked for in each line by itself', () => {
    expect(sudoRefusal(127, clean('sudo: hm\nsh: pico: not found'))).toBeUndefined()
  })

  test.each(['sh: 1: exec: sudo: not found', 'sh: sudo: command not found'])('%j: there is none', (text) => {
    expect(sudoRefusal(127, text)).toBe('not installed on this node')
  })
})

describe('the version of sudo', () => {
  test.each(['1.8.31p2', '1.9.9', '1.9.5p2', '1.9'])('%s knows no regular expressions', (version) => {
    expect(isSudoTooOld(`sudo: no\nSudo version ${version}`)).toBe(true)
  })

  test.each(['1.9.10', '1.9.13p3', '1.10.0', '2.0.1'])('%s does', (version) => {
    expect(isSudoTooOld(`Sudo version ${version}`)).toBe(false)
  })

  test('that is not told is not held against it', () => {
    expect(isSudoTooOld('sudo: a password is required')).toBe(false)
  })
})
