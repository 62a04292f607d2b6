import { type AtolDevice, type RegisterView, stateTimeText, timeText } from './register-view.ts'

const SHIFTS = { closed: 'closed', open: 'opened', expired: 'expired' } as const

/** `getDeviceInfo`. */
export const deviceInfo = ({ device, serial }: RegisterView) => ({
  deviceInfo: {
    serial,
    model: device.state.quirks.model_id,
    modelName: device.state.register.model,
    firmwareVersion: device.state.register.firmware,
    configurationVersion: device.state.register.firmware,
    receiptLineLength: 42,
    receiptLineLengthPix: 504,
    ffdVersion: device.state.register.ffd,
    fnFfdVersion: device.state.register.ffd,
  },
})

const hasDrive = ({ state }: AtolDevice) => !state.faults.fn_absent
const isFiscal = ({ state }: AtolDevice) => state.fn.phase !== 'setup' && state.fn.phase !== 'ready'

/** `getDeviceStatus`. Little paper and a failing cutter or printer cannot be told by it. */
export function deviceStatus({ device }: RegisterView) {
  const { register, shift } = device.state
  return {
    deviceStatus: {
      currentDateTime: timeText(device, device.localNow()),
      shift: SHIFTS[shift.state],
      blocked: register.mode === 'blocked',
      coverOpened: register.cover === 'open' || register.error === 'cover',
      paperPresent: register.paper !== 'absent' && register.error !== 'paper',
      fiscal: isFiscal(device),
      fnFiscal: hasDrive(device) && device.state.fn.phase === 'fiscal',
      fnPresent: hasDrive(device),
      cashDrawerOpened: false,
    },
  }
}

/** `getShiftStatus`. The count of documents comes with a closed shift alone. */
export const shiftStatus = ({ device }: RegisterView) => ({
  shiftStatus: {
    number: device.state.shift.number,
    state: SHIFTS[device.state.shift.state],
    expiredTime: device.state.quirks.shift_expires_at ?? stateTimeText(device, null),
    ...(device.state.shift.state === 'closed' && { documentsCount: device.state.shift.receipts }),
  },
})

const KINDS_OF_RECEIPT = ['sell', 'sellReturn', 'buy', 'buyReturn'] as const
const NO_TOTAL = { sum: 0, payments: { cash: 0, electronically: 0, prepaid: 0, credit: 0, other: 0 } }

/** `getOverallTotals`: nothing was ever sold here. */
export const overallTotals = () => ({
  overallTotals: { receipts: Object.fromEntries(KINDS_OF_RECEIPT.map(kind => [kind, NO_TOTAL])) },
})

/** `getCashDrawerStatus`. */
export const cashDrawerStatus = () => ({
  cashDrawerStatus: { cashDrawerOpened: false },
  counters: { cashSum: 0 },
})

/** `getLicenses`. */
export const licenses = () => ({ licenses: [{ id: 1, name: 'ATOL Web Requests' }] })

/** `getMcu`. */
export const processor = () => ({ mcu: { sn: '00000000', partId: 1, partName: 'MCU' } })
