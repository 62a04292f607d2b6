import { type MaintenanceDraft, maintenanceDraft } from '@tillwatch/shared/api'

/** What the form holds; empty texts mean "not said". */
export interface WindowForm {
  readonly scope: MaintenanceDraft['scope']['kind']
  /** Code of the client or site, id of the item; empty for all tills. */
  readonly scopeId: string
  readonly check: string
  readonly recurs: boolean
  /** Values of `datetime-local` inputs, in the reader's zone. */
  readonly from: string
  readonly to: string
  readonly days: readonly string[]
  readonly fromHour: string
  readonly toHour: string
  /** Value of a `date` input; the window lasts through that day of the reader. */
  readonly lastDay: string
  readonly reason: string
  readonly agreed: boolean
}

const instantOf = (input: string): string | null => {
  const at = new Date(input).getTime()
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

/** What the API is asked for, or null while something is missing or wrong. */
export function draftOf(form: WindowForm, nowMs: number): MaintenanceDraft | null {
  const { scope, recurs } = form
  const now = new Date(nowMs).toISOString()
  const startsAt = recurs ? now : instantOf(form.from)
  const lastMoment = form.lastDay === '' ? null : instantOf(`${form.lastDay}T23:59:59`)
  const parsed = maintenanceDraft.safeParse({
    scope: scope === 'tenant' ? { kind: scope } : { kind: scope, id: form.scopeId },
    check: form.check.trim() === '' ? null : form.check,
    startsAt,
    endsAt: recurs ? lastMoment : instantOf(form.to),
    weekly: recurs ? { days: form.days.map(Number), from: form.fromHour, to: form.toHour } : null,
    reason: form.reason,
    agreed: form.agreed,
  })
  const { data } = parsed
  return data && (data.endsAt === null || Date.parse(data.endsAt) > nowMs) ? data : null
}
