import { expect, test } from 'vitest'
import { COMMANDS } from './commands.ts'
import { Fields } from './fields.ts'
import { fromCommonInfo, fromDrive, fromQueue, fromStatus, UNTOLD } from './snapshot.ts'

const status = (answer: object) => {
  const decoded = COMMANDS.getStatus.decode(new Fields({ result: 0, shiftInfo: {}, ...answer }))
  if (!decoded.ok) throw new Error(decoded.error.reason)
  return decoded.value
}
const drive = (fnInfo: object) => status({ fnInfo })

test('the drive’s phases are the service’s own numbers, not the drive’s', () => {
  const phase = (number: number) => fromDrive(drive({ status: number }))['fiscal.fn.phase']
  expect([0, 1, 2, 3].map(number => phase(number)?.value)).toEqual(['ready', 'fiscal', 'post_fiscal', 'archive'])
  expect(phase(7)).toEqual({ value: null, reason: expect.any(String), raw: 7 })
  expect(phase(15)?.value).toBeNull()
})

test('shift and mode: closed, open, over 24 hours, with a receipt open, and not told', () => {
  const told = (shiftInfo: object, isOpen: boolean | null = false) => {
    const facts = fromStatus(status({ shiftInfo, checkInfo: { isOpen } }))
    return [facts['fiscal.shift.state']?.value, facts['fiscal.register.mode']?.value]
  }
  expect(told({ isOpen: false })).toEqual(['closed', 'shift_closed'])
  expect(told({ isOpen: true })).toEqual(['open', 'shift_open'])
  expect(told({ isOpen: true, is24Expired: true })).toEqual(['expired', 'shift_expired'])
  expect(told({ isOpen: true }, true)).toEqual(['open', 'document_open'])
  expect(told({})).toEqual([null, null])
  expect(told({ isOpen: true }, null)).toEqual(['open', null])
})

test('the time at which the shift was opened belongs to an open shift', () => {
  const openedAt = (shiftInfo: object) => fromStatus(status({ shiftInfo }))['fiscal.shift.opened_at']
  expect(openedAt({ isOpen: true, lastOpen: '2026-11-22T08:00:00' })).toEqual({ value: '2026-11-22T08:00:00' })
  expect(openedAt({ isOpen: true, lastOpen: '' })).toMatchObject({ value: null })
  expect(openedAt({ isOpen: false, lastOpen: '2026-11-21T08:00:00' })).toMatchObject({ value: null })
})

test.each([
  [{ qty: 0 }, [0, null, null]],
  [{ qty: 0, firstNum: null, firstDateTime: null }, [0, null, null]],
  [{ qty: 0, firstNum: '', firstDateTime: '' }, [0, null, null]],
  [{ qty: 0, firstNum: 9, firstDateTime: '2026-11-19T18:05:00' }, [0, null, null]],
  [{ qty: 3, firstNum: 1052, firstDateTime: '2026-11-19T18:05:00' }, [3, 1052, '2026-11-19T18:05']],
  [{ qty: '3', firstNum: '1052', firstDateTime: '2000-00-00T00:00:00' }, [3, 1052, null]],
  [{}, [null, null, null]],
])('the queue %j', (unsignedDocs, values) => {
  const told = fromQueue(drive({ status: 1, unsignedDocs }))
  const names = [
    'fiscal.ofd.unsent_documents',
    'fiscal.ofd.first_unsent_document',
    'fiscal.ofd.first_unsent_at',
  ] as const
  expect(names.map(name => told[name]?.value)).toEqual(values)
  // An empty queue has no first document; that is known and needs no reason.
  for (const name of names)
    expect(told[name]?.value !== null || values[0] === 0 || 'reason' in (told[name] ?? {})).toBe(true)
})

test('paper that an older version does not tell is unknown, not present', () => {
  const paper = (answer: object) => fromStatus(status(answer))['fiscal.register.paper']
  expect(paper({ paperPresence: true })).toEqual({ value: 'present' })
  expect(paper({ paperPresence: false })).toEqual({ value: 'absent' })
  expect(paper({})).toMatchObject({ value: null, reason: expect.any(String) })
})

test('FFD as the service writes it', () => {
  const ffd = (ffdTotalVer: string | null) =>
    fromCommonInfo({ model: null, serial: null, fnSerial: null, firmware: null, ffd: ffdTotalVer })[
      'fiscal.register.ffd'
    ]
  expect(['1.0', '1.0.5', '1.1', '1.2', '4', 'constructor', null].map(text => ffd(text)?.value)).toEqual([
    '1.0',
    '1.05',
    '1.1',
    '1.2',
    undefined,
    undefined,
    undefined,
  ])
})

test('the drive’s end, its warnings and its room are never guessed', () => {
  for (const name of ['fiscal.fn.valid_until', 'fiscal.fn.flags', 'fiscal.fn.documents_left'] as const)
    expect(UNTOLD[name]).toMatchObject({ value: null, reason: expect.any(String) })
})
