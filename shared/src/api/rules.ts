import { z } from 'zod'
import { RULE_TRIAL_LENGTH_MAX } from '../limits.ts'
import { factView } from './fleet.ts'
import { apiInstant, bilingual } from './problem.ts'

/** Whom a file of rules is for, by codes of the directory; null: for everybody. */
const audience = z.object({ tenant: z.string(), client: z.string().optional(), site: z.string().optional() }).nullable()

/** What is wrong in a file of rules, and where. */
export const ruleProblem = z.object({
  file: z.string(),
  line: z.number().int(),
  column: z.number().int(),
  path: z.string(),
  reason: z.string(),
})
export type RuleProblem = z.infer<typeof ruleProblem>

const ruleView = z.object({
  id: z.string(),
  item: z.string(),
  causeClass: z.string(),
  component: bilingual,
  expected: bilingual,
  runbook: z.string(),
  /** The pack that it stands in, and the overrides that changed it. */
  file: z.string(),
  changedBy: z.array(z.string()),
  for: audience,
  when: bilingual.nullable(),
  levels: z.array(
    z.object({
      level: z.string(),
      name: bilingual,
      set: bilingual,
      clear: bilingual.nullable(),
      hold: bilingual.nullable(),
    }),
  ),
  clearHold: bilingual.nullable(),
})
export type RuleView = z.infer<typeof ruleView>

/** GET /api/rules and the answer of POST /api/rules/reload: rules in force and files that were refused, as the tenant may see them. */
export const rulesView = z.object({
  version: z.string(),
  loadedAt: apiInstant,
  files: z.array(
    z.object({
      file: z.string(),
      kind: z.enum(['pack', 'override']),
      shipped: z.boolean(),
      for: audience,
      /** What the file makes another than it would be without it; of files that ship nothing is said. */
      changes: z.array(
        z.object({ rule: z.string(), what: bilingual, before: bilingual.nullable(), after: bilingual.nullable() }),
      ),
    }),
  ),
  refused: z.array(
    z.object({
      file: z.string(),
      for: audience,
      problems: z.array(ruleProblem),
      /** `earlier`: the last good text of the file goes on; `nothing`: the file has no say. */
      inForce: z.enum(['earlier', 'nothing']),
    }),
  ),
  rules: z.array(ruleView),
})
export type RulesView = z.infer<typeof rulesView>

/** GET /api/items/{itemId}/rules: why each rule fired on an item or did not. */
export const itemRulesView = z.object({
  itemId: z.string(),
  at: apiInstant,
  version: z.string(),
  place: z.object({ tenant: z.string(), client: z.string().nullable(), site: z.string().nullable() }),
  /** Files that have a say here, from the widest audience to the narrowest. */
  files: z.array(z.object({ file: z.string(), for: audience })),
  rules: z.array(
    z.object({
      rule: z.string(),
      causeClass: z.string(),
      component: bilingual,
      verdict: z.enum(['fired', 'pending', 'clearing', 'not_fired', 'unjudged']),
      level: z.string().nullable(),
      text: bilingual,
      /** When the hold that is running ends, should nothing change until then. */
      holdUntil: apiInstant.nullable(),
      file: z.string(),
      changedBy: z.array(z.string()),
      facts: z.array(
        factView.omit({ source: true, raw: true }).extend({
          title: bilingual,
          /** Null: not read yet. */
          at: apiInstant.nullable(),
        }),
      ),
      /** Unfinished incident of the cause, when there is one. */
      incident: z.object({ id: z.string(), number: z.number().int() }).nullable(),
      /** Why nothing was opened though it fired. */
      withheld: z.object({ text: bilingual, until: apiInstant.nullable() }).nullable(),
    }),
  ),
})
export type ItemRulesView = z.infer<typeof itemRulesView>

const code = z.string().trim().min(1).max(64)

/** Body of POST /api/rules/backtest, which answers 202 with `{ id }`: changes of rules to try on the past. */
export const backtestRequest = z.object({
  override: z.string().min(1).max(RULE_TRIAL_LENGTH_MAX),
  /** By default the last 30 days. */
  from: apiInstant.optional(),
  to: apiInstant.optional(),
  client: code.optional(),
  site: code.optional(),
})
export type BacktestRequest = z.infer<typeof backtestRequest>

const counts = {
  opened: z.number().int(),
  spared: z.number().int(),
  changed: z.number().int(),
  moved: z.number().int(),
}
const episode = z.object({
  rule: z.string(),
  level: z.string(),
  priority: z.number().int(),
  openedAt: apiInstant,
  endedAt: apiInstant.nullable(),
})

export const backtestReport = z.object({
  from: apiInstant,
  to: apiInstant,
  items: z.number().int(),
  /** Incidents opened within the span: by the rules in force, by the changed ones, and really. */
  before: z.number().int(),
  after: z.number().int(),
  real: z.number().int(),
  /** Of those that really were, how many the rules in force give again. */
  reproduced: z.number().int(),
  total: z.object(counts),
  weeks: z.array(z.object({ week: z.string(), ...counts })),
  rules: z.array(z.object({ rule: z.string(), ...counts })),
  differences: z.array(
    z.object({
      kind: z.enum(['opened', 'spared', 'changed', 'moved']),
      itemId: z.string(),
      causeClass: z.string(),
      before: episode.nullable(),
      after: episode.nullable(),
      realNumber: z.number().int().nullable(),
    }),
  ),
  /** Differences beyond those listed; all are counted. */
  notListed: z.number().int(),
  /** What history cannot tell. */
  notes: z.array(bilingual),
})
export type BacktestReport = z.infer<typeof backtestReport>

/** GET /api/rules/backtest/{id} */
export const backtestView = z.object({
  state: z.enum(['running', 'done', 'failed']),
  /** Items done, of how many. */
  done: z.number().int(),
  items: z.number().int(),
  report: backtestReport.nullable(),
  /** Why it failed. */
  problem: z.string().nullable(),
})
export type BacktestView = z.infer<typeof backtestView>
