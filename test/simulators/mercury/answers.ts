import type { Device } from '../register.ts'
import type { Quirks } from './quirks.ts'
import { NO_DRIVE } from './results.ts'

type MercuryDevice = Device<Quirks>
/** Fields of a good answer, or the result of a bad one. */
export type Outcome = Readonly<Record<string, unknown>> | number

/** `YYYY-MM-DDTHH:MM:SS` of a local time in any of the forms that the state has. */
const seconds = (text: string): string => (text.length === 16 ? `${text}:00` : text.slice(0, 19))
const clockText = (device: MercuryDevice) => seconds(new Date(device.localNow()).toISOString())

/** GetDriverInfo: the service itself, whatever the register does. */
export const driverInfo = ({ state: { quirks } }: MercuryDevice): Outcome => ({
  driverVer: quirks.driver_version,
  protocolVer: quirks.protocol_version,
  driverBaseVer: quirks.driver_version,
  driverSalesVer: quirks.driver_version,
})

/** GetDateTime. */
export const dateTime = (device: MercuryDevice): Outcome => ({ dateTime: clockText(device) })

const hasDrive = ({ state: { faults, register } }: MercuryDevice) =>
  !faults.fn_absent && register.error !== 'fn_link' && register.error !== 'fn'

/** GetStatus: clock, paper, shift, receipt and drive. */
export function status(device: MercuryDevice): Outcome {
  const { register, shift, quirks } = device.state
  const isReceiptOpen = register.mode === 'document_open'
  return {
    dateTime: clockText(device),
    ...(quirks.profile === 'new' && { paperPresence: register.paper !== 'absent' }),
    shiftInfo: {
      isOpen: shift.state !== 'closed',
      is24Expired: shift.state === 'expired',
      num: shift.number,
      lastOpen: quirks.shift_opened_at,
      cash: 0,
    },
    checkInfo: { isOpen: isReceiptOpen, num: shift.receipts, goodsQty: isReceiptOpen ? 1 : 0 },
    ...(hasDrive(device) && { fnInfo: fnInfo(device) }),
  }
}

/** The service's own numbers for the phases of the drive. */
const PHASES = { setup: 0, ready: 0, fiscal: 1, post_fiscal: 2, archive: 3 } as const

function fnInfo(device: MercuryDevice) {
  const { fn, quirks } = device.state
  const lastAt = fn.last_document_at ?? new Date(device.startedAt).toISOString()
  return {
    status: PHASES[fn.phase],
    ...(quirks.profile === 'new' && { fnNum: fn.serial }),
    lastDoc: { num: number(device, fn.last_document), dateTime: seconds(lastAt) },
    unsignedDocs: unsignedDocs(device),
  }
}

/** Documents that the OFD has not got; the field is really called unsigned. */
function unsignedDocs(device: MercuryDevice) {
  const { ofd, fn, quirks } = device.state
  const qty = number(device, ofd.unsent_documents)
  if (ofd.unsent_documents === 0) {
    if (quirks.empty_queue === 'missing') return { qty }
    const none = quirks.empty_queue === 'null' ? null : ''
    return { qty, firstNum: none, firstDateTime: none }
  }
  const first = ofd.first_unsent_document ?? Math.max(1, fn.last_document - ofd.unsent_documents + 1)
  return { qty, firstNum: number(device, first), firstDateTime: seconds(ofd.first_unsent_at ?? '') }
}

const number = ({ state: { quirks } }: MercuryDevice, value: number) => (quirks.numbers_as_text ? `${value}` : value)

const FFD_TEXTS = { '1.0': '1.0', '1.05': '1.0.5', '1.1': '1.1', '1.2': '1.2' } as const

/** GetCommonInfo: the register's own data and the drive's number. */
export function commonInfo(device: MercuryDevice): Outcome {
  const { register, fn, quirks } = device.state
  const ffd = FFD_TEXTS[register.ffd]
  return {
    model: register.model,
    kktNum: register.serial,
    fnNum: hasDrive(device) ? fn.serial : '',
    ffdFnVer: ffd,
    ffdKktVer: ffd,
    ffdTotalVer: ffd,
    programVer: register.firmware,
    programDate: register.firmware_date,
    dateTime: clockText(device),
    cpl: [32, 42],
    ...(quirks.profile === 'old' && { mac: '00-22-00-48-00-51', protocolVer: quirks.protocol_version }),
  }
}

const TAX_SYSTEMS = 6

/** GetRegistrationInfo: owner, register and OFD as they were registered. */
export function registrationInfo(device: MercuryDevice): Outcome {
  const { register, fn, quirks, marking } = device.state
  if (!hasDrive(device)) return NO_DRIVE
  if (fn.phase === 'setup' || fn.phase === 'ready') return { isRegistered: false }
  return {
    isRegistered: true,
    registrationInfo: {
      dateTime: seconds(fn.registered_at),
      owner: { name: register.organisation, inn: register.inn },
      kkt: {
        regNum: register.registration_number,
        address: register.address,
        location: 'Зал',
        mode: {
          encryptData: false,
          offline: register.autonomous,
          forService: false,
          [quirks.profile === 'old' ? 'ASBSO' : 'asbso']: false,
          forInternet: false,
          automat: false,
          forMarkedGoods: marking.enabled,
        },
      },
      ofd: { name: register.ofd_name, inn: register.ofd_inn, url: register.ofd_host, port: register.ofd_port },
      taxSystem: Array.from({ length: TAX_SYSTEMS }, (_, bit) => bit).filter(bit => register.tax_systems & (1 << bit)),
      agent: [],
      reason: 0,
    },
  }
}
