import { incidentAction } from '@tillwatch/shared/api'
import { describe, expect, it } from 'vitest'
import { actionOf, DIALOGS, type Draft } from './dialog-action.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const draft: Draft = {
  text: 'because',
  until: '2026-11-30T12:00',
  priority: 2,
  mode: 'onsite',
  line: 2,
  assignee: '',
  pendingOn: 'none',
  discardAs: 'duplicate',
  duplicateOf: '17',
  minutes: '90',
  kind: 'service_request',
  type: 'setting',
  category: 'program',
}

describe('what a dialog does', () => {
  it.each(DIALOGS)('%s is an act that the service understands', dialog => {
    const action = actionOf(dialog, draft, NOW)
    expect(incidentAction.parse(action)).toEqual(action)
  })
  it.each(['wait', 'answer', 'priority', 'line', 'pin', 'critical', 'uncritical', 'silence', 'discard'] as const)(
    '%s waits for words',
    dialog => expect(actionOf(dialog, { ...draft, text: ' ' }, NOW)).toBeNull(),
  )
  it('a duplicate needs a number, and a moment must lie ahead', () => {
    expect(actionOf('discard', { ...draft, duplicateOf: 'x' }, NOW)).toBeNull()
    expect(actionOf('silence', { ...draft, until: '2026-11-01T12:00' }, NOW)).toBeNull()
    expect(actionOf('estimate', { ...draft, minutes: '-5' }, NOW)).toBeNull()
    expect(actionOf('estimate', { ...draft, minutes: '' }, NOW)).toEqual({ action: 'estimate', minutes: null })
  })
})
