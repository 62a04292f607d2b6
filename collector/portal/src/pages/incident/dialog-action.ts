import type { IncidentAction, IncidentView } from '@tillwatch/shared/api'
import { futureInstant } from '../../until.ts'

/** What asks for words or choices before it is done. */
export const DIALOGS = [
  'solve',
  'reopen',
  'silence',
  'priority',
  'wait',
  'answer',
  'pending',
  'line',
  'assign',
  'discard',
  'pin',
  'critical',
  'uncritical',
  'estimate',
  'classify',
  'close',
] as const
export type Dialog = (typeof DIALOGS)[number]

/** Everything that the dialogs ask for; each of them looks at its own. */
export interface Draft {
  readonly text: string
  readonly until: string
  readonly priority: IncidentView['priority']
  readonly mode: 'remote' | 'onsite'
  readonly line: IncidentView['line']
  readonly assignee: string
  readonly pendingOn: NonNullable<IncidentView['pendingOn']> | 'none'
  readonly discardAs: 'cancelled' | 'duplicate' | 'rejected'
  readonly duplicateOf: string
  readonly minutes: string
  readonly kind: IncidentView['kind']
  readonly type: IncidentView['type']
  readonly category: IncidentView['category']
}

/** What the dialogs begin with. `until` is a moment in the reader's zone. */
export const draftOf = (incident: IncidentView, until: string): Draft => ({
  text: '',
  until,
  priority: incident.priority,
  mode: 'remote',
  line: incident.line === 3 ? 3 : incident.line === 2 ? 3 : 2,
  assignee: incident.assignee ?? '',
  pendingOn: incident.pendingOn ?? 'vendor',
  discardAs: 'cancelled',
  duplicateOf: '',
  minutes: incident.estimateMinutes === null ? '' : String(incident.estimateMinutes),
  kind: incident.kind,
  type: incident.type,
  category: incident.category,
})

/** A whole number above zero, or null. */
const numberIn = (text: string): number | null => (/^[1-9]\d{0,9}$/.test(text.trim()) ? Number(text) : null)

/** What a dialog would do with its fields, or null while they are not filled in. */
export function actionOf(dialog: Dialog, draft: Draft, nowMs: number): IncidentAction | null {
  const text = draft.text.trim()
  switch (dialog) {
    case 'solve':
      return { action: 'solve', text, mode: draft.mode }
    case 'reopen':
    case 'close':
      return { action: dialog, text }
    case 'pending':
      return { action: 'pending', on: draft.pendingOn === 'none' ? null : draft.pendingOn, text }
    case 'assign':
      return { action: 'assign', assignee: draft.assignee === '' ? null : draft.assignee }
    case 'classify':
      return { action: 'classify', kind: draft.kind, type: draft.type, category: draft.category }
    case 'estimate': {
      const minutes = numberIn(draft.minutes)
      return draft.minutes.trim() !== '' && minutes === null ? null : { action: 'estimate', minutes }
    }
    default:
      return text === '' ? null : withWords(dialog, text, draft, nowMs)
  }
}

type Worded = Exclude<Dialog, 'solve' | 'reopen' | 'close' | 'pending' | 'assign' | 'classify' | 'estimate'>

/** The acts that are not done without a reason. */
function withWords(dialog: Worded, text: string, draft: Draft, nowMs: number): IncidentAction | null {
  switch (dialog) {
    case 'wait':
      return { action: 'wait', question: text }
    case 'answer':
      return { action: 'answer', text }
    case 'priority':
      return { action: 'priority', priority: draft.priority, reason: text }
    case 'line':
      return { action: 'line', line: draft.line, reason: text }
    case 'pin':
    case 'critical':
    case 'uncritical':
      return { action: dialog, reason: text }
    case 'silence': {
      const until = futureInstant(draft.until, nowMs)
      return until ? { action: 'silence', until, reason: text } : null
    }
    case 'discard': {
      const until = draft.until === '' ? null : futureInstant(draft.until, nowMs)
      const number = numberIn(draft.duplicateOf)
      if ((draft.until !== '' && !until) || (draft.discardAs === 'duplicate' && number === null)) return null
      return {
        action: 'discard',
        as: draft.discardAs,
        reason: text,
        ...(until ? { until } : {}),
        ...(draft.discardAs === 'duplicate' && number !== null ? { duplicateOf: number } : {}),
      }
    }
  }
}
