/** Inclusion rules, one after the other, and how many events and persons each leaves. */
import { ascending, column, columns, countDistinct, countRows, integer, named } from '../query/build.ts'
import { crossJoin, select, source, unionAll } from '../query/build-relations.ts'
import type { Relation } from '../query/tree.ts'
import type { Compilation, EventTable } from './compilation.ts'
import type { CohortExpression } from './definition.ts'
import { groupMatches } from './groups.ts'
import { keepMatches, oneOfEach } from './primary.ts'

export interface Inclusion {
  readonly included: EventTable
  /**
   * (rule, events_meeting, persons_meeting, events_left, persons_left), in the order of the rules: who meets this rule, and
   * who meets it and all before it. Rule 0 stands for the events that the rules are applied to.
   */
  readonly attrition: Relation
}

export function includedEvents(
  compilation: Compilation,
  expression: CohortExpression,
  qualified: EventTable,
): Inclusion {
  const stages: Relation[] = [stage(0, qualified.relation, qualified.relation)]
  let left = qualified
  for (const [index, rule] of expression.rules.entries()) {
    const matches = groupMatches(compilation, rule.group, qualified)
    left = { ...left, relation: compilation.steps.make('after_rule', keepMatches(left, matches)) }
    stages.push(stage(index + 1, matches, left.relation))
  }
  return {
    included: oneOfEach(compilation, 'included', left, expression.expressionLimit),
    attrition: select({
      from: source(unionAll(...stages), 'a'),
      columns: columns('a', 'rule', 'events_meeting', 'persons_meeting', 'events_left', 'persons_left'),
      orderBy: [ascending(column('a', 'rule'))],
    }),
  }
}

function stage(rule: number, meeting: Relation, left: Relation): Relation {
  return select({
    from: source(counted(meeting), 'm'),
    joins: [crossJoin(counted(left), 'l')],
    columns: [
      named('rule', integer(rule)),
      named('events_meeting', column('m', 'events')),
      named('persons_meeting', column('m', 'persons')),
      named('events_left', column('l', 'events')),
      named('persons_left', column('l', 'persons')),
    ],
  })
}

function counted(events: Relation): Relation {
  return select({
    from: source(events, 'e'),
    columns: [named('events', countRows()), named('persons', countDistinct(column('e', 'person_id')))],
  })
}
