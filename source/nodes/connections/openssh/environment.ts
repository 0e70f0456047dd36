type Environment = Readonly<Record<string, string | undefined>>

/** Whatever could show a window to ask something. */
const askers = new Set(['SSH_ASKPASS', 'DISPLAY', 'WAYLAND_DISPLAY'])

/** The environment of an ssh that asks nobody and speaks English. */
export const quietEnvironment = (environment: Environment): Environment => ({
  ...Object.fromEntries(Object.entries(environment).filter(([name]) => !askers.has(name))),
  LC_ALL: 'C',
  SSH_ASKPASS_REQUIRE: 'never',
})
