import { inboundTicket } from '@tillwatch/shared/api'
import { expect, test } from 'vitest'
import { EMPTY_TICKET, ticketOf } from './ticket-draft.ts'

test('what was left empty is not named, and the API takes what is sent', () => {
  const ticket = ticketOf('form-1', { ...EMPTY_TICKET, title: ' Не печатает ', serial: ' 0001 ' })
  expect(ticket).toEqual({
    id: 'form-1',
    channel: 'phone',
    type: 'failure',
    title: 'Не печатает',
    text: '',
    item: { serial: '0001' },
    priority: 3,
    author: { name: '', contact: '' },
  })
  expect(inboundTicket.parse(ticket)).toEqual(ticket)
})

test('a named cause is sent, so that the incident of that cause is linked', () => {
  expect(ticketOf('form-1', { ...EMPTY_TICKET, cause: 'ofd' }).class).toBe('ofd')
})
