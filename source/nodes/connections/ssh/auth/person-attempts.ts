import type { KeyboardInteractiveCallback, Prompt } from 'ssh2'
import { type Clean, clean } from '../../../../text/clean.ts'
import type { Attempt } from './attempt.ts'
import type { AllowedMethods } from './authentication-settings.ts'
import { type Answer, type AskPerson, passwordQuestion, type Question, serverQuestion, spend } from './prompts.ts'

/** As often as ssh lets a person mistype by each method, where NumberOfPasswordPrompts says nothing else. */
const usualPrompts = 3
/** Rounds of questions in one login: a server must not ask for ever. */
const mostRounds = 8

/** What a person answers a server, in one login. Nothing of it is kept: the next login asks again. */
export interface PersonAttempts {
  /** The next attempt, by a method that the server takes; undefined: there is none. `refused`: answers in a row until now. */
  next(takes: (method: string) => boolean, refused: number): Promise<Attempt | undefined>
  /** Set once the person said no, or the server asked more than it may. */
  readonly declined: Clean | undefined
  /** Whether the person answered anything. */
  readonly answered: boolean
  /** Whether a question is open. */
  readonly asking: boolean
}

const nobody: PersonAttempts = {
  next: () => Promise.resolve(undefined),
  declined: undefined,
  answered: false,
  asking: false,
}

/** `ask` undefined: headless. `signal`: the end of this login, which takes an open question away. */
export const createPersonAttempts = (options: {
  readonly user: string
  readonly name: Clean
  readonly allowed: Pick<AllowedMethods, 'prompts'>
  readonly ask: AskPerson | undefined
  readonly signal: AbortSignal
  /** Ends the connection: a question that is not answered leaves the protocol no other way on. */
  readonly giveUp: () => void
}): PersonAttempts => {
  const { user, name, ask, signal, giveUp } = options
  if (ask === undefined) return nobody
  const { prompts = usualPrompts } = options.allowed
  const userName = clean(user)
  let declined: Clean | undefined
  let answered = false
  let asking = false
  let interactives = 0
  let passwords = 0
  let rounds = 0
  let roundsBefore = -1

  const put = async (question: Question): Promise<Answer> => {
    asking = true
    const given = await ask(question, signal)
    asking = false
    return given
  }

  const answer = async (
    asked: Parameters<typeof serverQuestion>[2],
    again: number,
    finish: KeyboardInteractiveCallback,
  ) => {
    const question = serverQuestion(name, userName, asked, again)
    rounds += 1
    if (question === undefined || rounds > mostRounds) {
      declined = clean(`${name} asks more than it should`)
      return giveUp()
    }
    const given = await put(question)
    if (given.kind === 'declined') {
      declined = given.cause
      return giveUp()
    }
    answered = true
    spend(given.secrets, (texts) => finish([...texts]))
  }

  const interactive = (refused: number): Attempt => {
    const attempt: Attempt = {
      method: {
        type: 'keyboard-interactive',
        username: user,
        prompt: (
          title: string,
          instructions: string,
          _: string,
          prompts: Prompt[],
          finish: KeyboardInteractiveCallback,
        ) => {
          // What follows in the same attempt follows an answer that was not wrong.
          const again = attempt.unasked === true ? refused : 0
          attempt.unasked = false
          void answer({ name: title, instructions, prompts }, again, finish)
        },
      },
      name: clean('keyboard-interactive'),
      unasked: true,
    }
    return attempt
  }

  const password = async (refused: number): Promise<Attempt | undefined> => {
    const given = await put(passwordQuestion(name, userName, refused))
    if (given.kind === 'declined') {
      declined = given.cause
      return undefined
    }
    answered = true
    return spend(given.secrets, ([text = '']) => ({
      method: { type: 'password', username: user, password: text },
      name: clean('password'),
    }))
  }

  return {
    next: async (takes, refused) => {
      if (declined !== undefined) return undefined
      // A server that refuses without a question will do so again.
      if (takes('keyboard-interactive') && interactives < prompts && rounds > roundsBefore) {
        interactives += 1
        roundsBefore = rounds
        return interactive(refused)
      }
      if (!takes('password') || passwords >= prompts) return undefined
      passwords += 1
      return password(refused)
    },
    get declined() {
      return declined
    },
    get answered() {
      return answered
    },
    get asking() {
      return asking
    },
  }
}
