import type { Event } from '../events/event.ts'
import type { Feed } from '../events/feed.ts'
import { inquiryKey } from '../events/inquiry.ts'
import { drawFrame } from '../interface/frame.ts'
import type { Outward } from '../interface/moment.ts'
import { createSession, type Session } from '../interface/session.ts'
import { createTheme } from '../interface/theme.ts'
import { screens } from '../screens/screens.ts'
import type { Store } from '../store/store.ts'
import type { Capabilities } from '../terminal/capabilities.ts'
import { watchEndings } from '../terminal/endings.ts'
import { createInput } from '../terminal/input.ts'
import { createPresenter } from '../terminal/presenter.ts'
import { captureStandardStreams } from '../terminal/standard-streams.ts'
import { openTerminal } from '../terminal/tty.ts'
import { createPainting } from './painting.ts'

export interface WatchOptions {
  readonly feed: Feed
  readonly store: Store
  /** Said in the first pictures; undefined: nothing. */
  readonly note?: string | undefined
  readonly capabilities: Pick<Capabilities, 'colour' | 'glyphs'>
}

/** Milliseconds that everything has to end once the end was asked for; what hangs then is left to the exit. */
const patience = 800

const exitCodes = { quit: 0, SIGINT: 130, SIGTERM: 143, gone: 0, failed: 1 } as const

/** Asks what the screen in front asks, when that has changed: by a key, or because more is known. */
const askWhatIsShown = (session: Session, feed: Pick<Feed, 'inquire'>): (() => void) => {
  let asked = ''
  return () => {
    const inquiries = session.asks()
    const keys = inquiries.map(inquiryKey).join('\n')
    if (keys === asked) return
    asked = keys
    feed.inquire(inquiries)
  }
}

/** The terminal interface, until it is left or its terminal is gone. Gives the exit code. */
export const watch = async ({ feed, store, note, capabilities }: WatchOptions): Promise<number> => {
  const stop = new AbortController()
  const finished = Promise.withResolvers<keyof typeof exitCodes>()
  const gone = (): void => finished.resolve('gone')

  const presenter = createPresenter({ terminal: openTerminal(process.stdout), onGone: gone })
  const input = createInput(process.stdin, { onGone: gone })
  // What others write would block on a terminal that takes nothing, and spoil the picture: it is told at the end.
  const strayTexts: string[] = []
  const releaseStreams = captureStandardStreams((text) => void (strayTexts.length < 100 && strayTexts.push(text)))
  const restore = (): boolean => {
    const isRestored = presenter.close()
    if (isRestored) releaseStreams()
    return isRestored
  }
  const stopWatching = watchEndings({ onGone: gone, onSignal: finished.resolve, atExit: restore })
  // Who had the terminal while we were stopped, mostly a shell, has drawn on it and set its modes. Those of the input first:
  // in the background that stops us again (SIGTTOU), before a whole picture is drawn over what is in front.
  const onContinue = (): void => {
    input.resume()
    // A window that changed meanwhile was told to who had it then.
    process.emit('SIGWINCH', 'SIGWINCH')
    presenter.resume()
  }
  process.on('SIGCONT', onContinue)
  const painting = createPainting(presenter.stats)

  const onEffect = (effect: Outward): void => {
    switch (effect.type) {
      case 'quit':
        return finished.resolve('quit')
      case 'redraw':
        return presenter.redraw()
      case 'control':
        return void presenter.stdout.write(effect.sequence)
      case 'sample-now':
        return void feed.sampleNow()
      case 'inquire-again':
        return feed.inquireAgain()
      case 'opt-in':
        return feed.optIn(effect.name, effect.on, effect.nodes)
      case 'answer':
        return feed.answer(effect.id, effect.answer)
      case 'retry':
        return feed.retry(effect.nodes)
    }
  }

  const emit = (events: readonly Event[]): void => {
    store.apply(events)
    painting.noticed(events)
  }
  let failure: unknown
  const failed = (error: unknown): void => {
    failure = error
    finished.resolve('failed')
  }
  const now = (): number => performance.now()
  const snapshot = painting.snapshotOf(store)
  const session = createSession({ screens, snapshot, onEffect, now, note })
  painting.onPaint(session.refresh)
  const inquire = askWhatIsShown(session, feed)
  session.subscribe(inquire)
  painting.onPaint(inquire)
  const theme = createTheme(capabilities.colour, capabilities.glyphs)
  // Ink takes longer to load than all else together: the first picture does not wait for it, and keys wait in the input,
  // as keys: in cooked mode ctrl-c would be a signal, and everything typed would show.
  input.stdin.setRawMode(true)
  presenter.show(
    drawFrame(session.model(), snapshot(), presenter.size(), { at: now(), dropped: painting.dropped() }, theme),
  )
  const { mount } = await import('./mount.tsx')
  const app = mount({
    app: {
      session,
      theme,
      snapshot,
      onPaint: painting.onPaint,
      now,
      dropped: painting.dropped,
      show(lines) {
        presenter.show(lines)
        painting.drawn(store, session.model().frozen)
      },
    },
    stdout: presenter.stdout,
    stdin: input.stdin,
  })
  // A throw while drawing ends Ink with a rejection; the exit code must not be 0 then.
  app.waitUntilExit().then(() => finished.resolve('quit'), failed)

  // Only now, so that the first picture does not wait for the first processes to start.
  const running = feed.run(emit, stop.signal)
  running.catch(failed)

  const end = await finished.promise
  painting.stop()
  stop.abort()
  app.unmount()
  await Promise.race([
    Promise.allSettled([running, presenter.drained()]),
    new Promise((resolve) => setTimeout(resolve, patience).unref()),
  ])
  const isRestored = restore()
  input.close(!isRestored)
  stopWatching()
  process.off('SIGCONT', onContinue)
  if (isRestored) process.stderr.write(strayTexts.join(''))
  if (failure !== undefined) throw failure
  return exitCodes[end]
}
