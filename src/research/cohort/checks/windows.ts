/** Windows around the index event, and how often something must occur in them. */
import type { CohortExpression, CorrelatedCriterion, Window } from '../definition.ts'
import { allCriteria } from '../walk.ts'
import { type InPart, type Remark, remark } from './remark.ts'

interface Found {
  readonly correlated: CorrelatedCriterion
  readonly parameters: InPart
}

export function checkWindows(expression: CohortExpression): readonly Remark[] {
  const found = allCriteria(expression).flatMap(({ criterion, correlated, part }) =>
    correlated ? [{ correlated, parameters: { domain: criterion.domain, part } }] : [],
  )
  const { priorDays, postDays } = expression.primary
  return [
    ...(priorDays < 0 || postDays < 0
      ? [remark('warning', 'window-days-negative', '$.PrimaryCriteria.ObservationWindow', {})]
      : []),
    ...found.flatMap((one) => remarksOnWindow(one, expression)),
    ...unlikeOthers(found),
  ]
}

type WindowCode =
  | 'at-least-zero'
  | 'window-reversed'
  | 'death-before-index'
  | 'window-beyond-observation'
  | 'drug-era-without-window'

function remarksOnWindow({ correlated, parameters }: Found, expression: CohortExpression): readonly Remark[] {
  const { criterion, startWindow, endWindow, occurrence, path } = correlated
  const say = (severity: Remark['severity'], code: WindowCode, when: boolean) =>
    when ? [remark(severity, code, path, parameters)] : []
  return [
    ...say('warning', 'at-least-zero', occurrence.type === 'at-least' && occurrence.count === 0),
    ...say('warning', 'window-reversed', isReversed(startWindow) || (endWindow !== undefined && isReversed(endWindow))),
    ...say('warning', 'death-before-index', criterion.domain === 'Death' && isBefore(startWindow)),
    ...say('information', 'window-beyond-observation', isBeyond(startWindow, expression)),
    ...say(
      'information',
      'drug-era-without-window',
      criterion.domain === 'DrugEra' && isOpen(startWindow) && (endWindow === undefined || isOpen(endWindow)),
    ),
  ]
}

function isReversed({ start, end }: Window): boolean {
  return start.kind === 'days' && end.kind === 'days' && start.days > end.days
}

/** The window ends before the index event. */
function isBefore({ start, end }: Window): boolean {
  const starts = start.kind === 'days' ? start.days < 0 : start.side === 'before'
  return starts && (end.kind === 'days' ? end.days <= 0 : end.side === 'before')
}

function isOpen({ start, end }: Window): boolean {
  return start.kind === 'open' && end.kind === 'open'
}

/** Longer than the time that persons must have been observed. */
function isBeyond({ start, end }: Window, { primary }: CohortExpression): boolean {
  const before = start.kind === 'days' ? -start.days : 0
  const after = end.kind === 'days' ? end.days : 0
  return before > primary.priorDays || after > primary.postDays
}

/** Several criteria begin their windows on the same day and this one does not: a slip of the hand? */
function unlikeOthers(found: readonly Found[]): readonly Remark[] {
  const begin = ({ correlated: { startWindow } }: Found) =>
    startWindow.start.kind === 'days' ? startWindow.start.days : 0
  const often = new Map<number, number>()
  for (const one of found) often.set(begin(one), (often.get(begin(one)) ?? 0) + 1)
  const most = Math.max(0, ...often.values())
  const usual = [...often].find(([, times]) => times === most)?.[0] ?? 0
  if (most < 2) return []
  return found
    .filter((one) => (often.get(begin(one)) ?? 0) < most)
    .map(({ correlated, parameters }) =>
      remark('information', 'window-unlike-others', correlated.path, { ...parameters, usual }),
    )
}
