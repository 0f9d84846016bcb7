/** Whether a display is a right word for a concept, in the languages asked for. */
import type { ConceptDesignation } from '../code-systems/code-system.ts'
import { chooseDisplay, isWished, type LanguageWishes } from './display-language.ts'
import type { Issue } from './issues.ts'
import type { Messages } from './messages.ts'

export interface DisplayCheck {
  readonly display: string
  readonly system: string
  readonly code: string
  readonly words: readonly ConceptDesignation[]
  /** The code system's own language. */
  readonly defaultLanguage: string | undefined
  readonly wishes: LanguageWishes | undefined
  /** A wrong display is a warning only. */
  readonly lenient: boolean
  readonly expression: string
}

const folded = (text: string) => text.toLowerCase()
const spaced = (text: string) => text.toLowerCase().replace(/\s+/g, ' ').trim()

/** Nothing when the display is right. */
export function checkDisplay(check: DisplayCheck, say: Messages): Issue | undefined {
  const { display, words, wishes } = check
  const candidates = wishes
    ? words.filter(({ language }) => language === undefined || isWished(language, wishes))
    : words
  const same = (word: ConceptDesignation) => folded(word.value) === folded(display)
  const matching = candidates.filter(same)
  if (matching.some(({ inactive }) => !inactive)) return undefined
  const [old] = matching
  if (old) return inactiveDisplay(check, old, say)
  const valid = ownWords(candidates.filter(({ inactive }) => !inactive))
  if (valid.length === 0) return noneInLanguage(check, say)
  if (valid.every(({ isPlaceholder }) => isPlaceholder)) return userDefined(check, valid, say)
  const onlySpaces = valid.some((word) => spaced(word.value) === spaced(display))
  return wrongDisplay(check, valid, onlySpaces, say)
}

/** Words that stand in are named to nobody as the right ones, as long as there are others. */
function ownWords(words: readonly ConceptDesignation[]): readonly ConceptDesignation[] {
  const own = words.filter(({ standsIn }) => !standsIn)
  return own.length > 0 ? own : words
}

function issue(check: DisplayCheck, part: Pick<Issue, 'severity' | 'id' | 'text'> & Partial<Issue>): Issue {
  return { code: 'invalid', type: 'invalid-display', expression: check.expression, ...part }
}

function inactiveDisplay(check: DisplayCheck, old: ConceptDesignation, say: Messages): Issue {
  const { display, code, words, wishes } = check
  const right = words.filter(
    ({ inactive, language }) => !inactive && (language === undefined || !wishes || isWished(language, wishes)),
  )
  const choices = [...new Set(right.map(({ value }) => value))].sort()
  return issue(check, {
    severity: 'warning',
    type: 'display-comment',
    id: 'INACTIVE_DISPLAY_FOUND',
    text: say('INACTIVE_DISPLAY_FOUND', {
      display,
      code,
      status: old.status ?? 'inactive',
      choices: choices.map((each) => `"${each}"`).join(','),
    }),
    inMessage: false,
  })
}

function noneInLanguage(check: DisplayCheck, say: Messages): Issue {
  const { display, system, code, words, wishes, lenient } = check
  const usual = chooseDisplay(words, undefined)?.value ?? words.find(({ inactive }) => !inactive)?.value
  const parameters = { display, system, code, languages: wishes?.text ?? '--', default: usual }
  if (usual === undefined) {
    const id = 'NO_VALID_DISPLAY_AT_ALL'
    return issue(check, { severity: 'warning', id, text: say(id, parameters), inMessage: true })
  }
  const inDefault = words.some(
    ({ value, inactive, language }) =>
      !inactive && folded(value) === folded(display) && isDefault(language, check.defaultLanguage),
  )
  const id = inDefault ? 'NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_OK' : 'NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_ERR'
  const severity = inDefault ? 'information' : lenient ? 'warning' : 'error'
  return issue(check, { severity, id, text: say(id, parameters), inMessage: true })
}

/** A code that is free for use has no right word, only those of supplements. */
function userDefined(check: DisplayCheck, valid: readonly ConceptDesignation[], say: Messages): Issue {
  const { display, system, code, wishes } = check
  const id = 'Display_Name_Not_Fixed_use_Supplement'
  const text = say(id, { display, system, code, choices: choicesOf(valid, say), languages: wishes?.text ?? '--' })
  return issue(check, { severity: 'information', id, text, inMessage: true })
}

function isDefault(language: string | undefined, defaultLanguage: string | undefined): boolean {
  if (language === undefined || defaultLanguage === undefined) return true
  return language.split('-')[0] === defaultLanguage.split('-')[0]
}

function wrongDisplay(
  check: DisplayCheck,
  valid: readonly ConceptDesignation[],
  onlySpaces: boolean,
  say: Messages,
): Issue {
  const { display, system, code, wishes, lenient } = check
  const id = onlySpaces
    ? 'Display_Name_WS_for__should_be_one_of__instead_of'
    : 'Display_Name_for__should_be_one_of__instead_of'
  return issue(check, {
    severity: lenient ? 'warning' : 'error',
    id,
    text: say(id, { display, system, code, choices: choicesOf(valid, say), languages: wishes?.text ?? '--' }),
    inMessage: true,
  })
}

/** `'Code1' (en)`, or `one of 2 choices: 'Code1' (en) or 'Anzeige1' (de)`. */
function choicesOf(valid: readonly ConceptDesignation[], say: Messages): string {
  const each = [...new Set(valid.map(({ value, language }) => (language ? `'${value}' (${language})` : `'${value}'`)))]
  if (each.length === 1) return each[0] ?? ''
  const list = `${each.slice(0, -1).join(', ')} ${say('or')} ${each.at(-1)}`
  return say('display_choice_several', { count: each.length, list })
}
