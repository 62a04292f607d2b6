import { delivered, type Outcome, type Placement, rejected } from '../connector.ts'
import { whatIsWrong } from '../probing.ts'
import type { OkdeskConfig } from './config.ts'
import type { Vocabulary } from './vocabulary.ts'

/** The parts of a new issue that say where it goes. */
export interface Place {
  readonly type?: string
  readonly company_id?: number
  readonly assignee_id?: number
  readonly group_id?: number
  /** Values of attributes by their codes. */
  readonly attributes: Readonly<Record<string, string>>
}

/** The place that a placement names. Okdesk has neither projects nor categories; companies and people go by their numbers. */
export function placeOf(config: OkdeskConfig, placement: Placement, { attributes }: Vocabulary): Outcome<Place> {
  const { project, category, type, assignee, team, fields } = placement
  const wrong: Outcome<unknown>[] = []
  const refuse = (why: string) => wrong.push(rejected('misconfigured', why))
  if (category !== null) refuse(`Okdesk has no categories: leave out “${category}”, give a type`)
  const numbers: Record<string, number> = config.company === undefined ? {} : { company_id: config.company }
  for (const [name, what, value] of [
    ['company_id', 'company (project)', project],
    ['assignee_id', 'employee (assignee)', assignee],
    ['group_id', 'group (team)', team],
  ] as const) {
    if (value === null) continue
    if (!/^\d{1,15}$/.test(value)) refuse(`give the number of the ${what} in Okdesk instead of “${value}”`)
    numbers[name] = Number(value)
  }
  for (const code of attributes === null ? [] : Object.keys(fields)) {
    if (!attributes?.includes(code)) refuse(`no attribute “${code}” in Okdesk; there are: ${attributes?.join(', ')}`)
  }
  const wanted = type ?? config.type
  return (
    whatIsWrong(wrong) ??
    delivered({ ...numbers, ...(wanted === undefined ? {} : { type: wanted }), attributes: fields })
  )
}
