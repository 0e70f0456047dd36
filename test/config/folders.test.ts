import { describe, expect, it } from 'vitest'
import { foldersOf } from '../../source/config/folders.ts'

describe('the folders of kntop', () => {
  it('are below the home folder by default', () => {
    expect(foldersOf({ HOME: '/home/karin' })).toEqual({
      config: '/home/karin/.config/kntop',
      state: '/home/karin/.local/state/kntop',
    })
  })

  it('are where the XDG variables say', () => {
    expect(foldersOf({ HOME: '/home/karin', XDG_CONFIG_HOME: '/etc/karin', XDG_STATE_HOME: '/var/karin' })).toEqual({
      config: '/etc/karin/kntop',
      state: '/var/karin/kntop',
    })
  })

  it('ignore variables that are empty or relative', () => {
    const { config, state } = foldersOf({ HOME: '/home/karin', XDG_CONFIG_HOME: '', XDG_STATE_HOME: 'state' })
    expect([config, state]).toEqual(['/home/karin/.config/kntop', '/home/karin/.local/state/kntop'])
  })

  it('come from the user database without HOME, and are absolute or unknown', () => {
    for (const HOME of [undefined, '']) {
      const { config = '/', state = '/' } = foldersOf({ HOME })
      expect([config[0], state[0]]).toEqual(['/', '/'])
    }
  })

  it('are unknown where the home folder is no absolute path', () => {
    expect(foldersOf({ HOME: 'nowhere' })).toEqual({ config: undefined, state: undefined })
  })
})
