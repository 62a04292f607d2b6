import { CODES, textOf } from './error-texts.ts'
import * as drive from './fiscal-drive.ts'
import * as status from './register-status.ts'
import type { RegisterView } from './register-view.ts'

/** One task of a job, as a program wrote it. */
export interface Task {
  readonly type: string
  readonly [member: string]: unknown
}

/** A task carried out: the driver's code, and the result where it is 0. */
export interface TaskOutcome {
  readonly code: number
  readonly result: object | null
}

interface ReadTask {
  /** Needs the fiscal drive, so fails with it, and waits while a document is formed. */
  readonly drive?: true
  /** Known to later drivers alone. */
  readonly later?: true
  run(register: RegisterView, task: Task): object | number
}

/**
 * The tasks that only read. Everything else is forbidden to a program that promises to do no harm, above all
 * `reportOfdExchangeStatus`, which prints. Two of them have no known result and are answered as not supported.
 */
const READ_TASKS: Readonly<Record<string, ReadTask>> = {
  getDeviceInfo: { run: status.deviceInfo },
  getDeviceStatus: { run: status.deviceStatus },
  getShiftStatus: { drive: true, run: status.shiftStatus },
  getFnInfo: { drive: true, run: drive.fnInfo },
  getFnStatus: { drive: true, run: drive.fnStatus },
  ofdExchangeStatus: { drive: true, run: whenRegistered(drive.exchangeStatus) },
  ismExchangeStatus: { drive: true, later: true, run: whenMarking(drive.markingExchangeStatus) },
  getRegistrationInfo: { drive: true, run: whenRegistered(drive.registrationInfo) },
  getOverallTotals: { run: status.overallTotals },
  getCashDrawerStatus: { run: status.cashDrawerStatus },
  getLicenses: { run: status.licenses },
  getMcu: { run: status.processor },
  getDeviceParameters: { run: deviceParameters },
  getShiftTotals: { run: () => CODES.notSupported },
  getDepartmentSum: { run: () => CODES.notSupported },
}

/** True for a task that changes nothing. */
export const isReadOnly = (task: Task): boolean => Object.hasOwn(READ_TASKS, task.type)

/** Types of tasks that change nothing. */
export const READ_ONLY_TYPES = Object.keys(READ_TASKS)

/** Answers a task from the state; nothing is ever changed. */
export function runTask(register: RegisterView, task: Task): TaskOutcome {
  const { quirks } = register.device.state
  const read = READ_TASKS[task.type]
  const outcome = failureOf(register, task, read) || (read?.run(register, task) ?? CODES.jobParse)
  if (typeof outcome === 'number') return { code: outcome, result: null }
  return { code: CODES.none, result: overlaid(outcome, quirks.results[task.type] ?? {}) }
}

/** Members laid over a result, one level deep; null takes one away. */
function overlaid(result: object, overlay: Readonly<Record<string, unknown>>): object {
  const merged: Record<string, unknown> = { ...result }
  for (const [name, value] of Object.entries(overlay)) {
    const before = merged[name]
    if (value === null) delete merged[name]
    else merged[name] = isRecord(value) && isRecord(before) ? overlaid(before, value) : value
  }
  return merged
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Code with which the driver cannot open the register now; 0 when it can. */
export function connectionCode({ device }: RegisterView): number {
  return device.state.register.link === 'silent' ? CODES.noConnection : device.state.quirks.connection_code
}

/** Code with which a task ends before it is asked of the register; 0 when nothing is in its way. */
function failureOf(register: RegisterView, task: Task, read: ReadTask | undefined): number {
  const { state } = register.device
  const { quirks, faults, fn } = state
  const unopened = connectionCode(register)
  if (unopened) return unopened
  if (quirks.unsupported.includes(task.type)) return CODES.notSupported
  if (read?.later && quirks.profile === 'old') return CODES.jobParse
  if (quirks.errors[task.type]) return quirks.errors[task.type] ?? 0
  if (register.device.isPrinting()) return CODES.busy
  if (state.register.error === 'other') return CODES.hardware
  if (!read?.drive) return 0
  if (faults.fn_absent) return CODES.fnNotFound
  if (state.register.error === 'fn_link') return CODES.fnExchange
  if (state.register.error === 'fn') return CODES.fnFault
  return state.register.mode === 'document_open' || fn.current_document !== 0 ? CODES.receiptOpen : 0
}

function whenRegistered(run: ReadTask['run']): ReadTask['run'] {
  return (register, task) => (drive.isUnregistered(register.device) ? CODES.notActivated : run(register, task))
}

function whenMarking(run: ReadTask['run']): ReadTask['run'] {
  return (register, task) => {
    const { register: registration, marking } = register.device.state
    if (registration.ffd !== '1.2' || !marking.enabled || registration.autonomous) return CODES.fnState
    return run(register, task)
  }
}

/** `getDeviceParameters`: values or refusals, one by one. */
function deviceParameters({ device }: RegisterView, task: Task): object | number {
  if (!Array.isArray(task['keys'])) return CODES.badData
  const values = device.state.quirks.parameters
  return {
    deviceParameters: task['keys'].map((key: unknown) => {
      const value = values[String(key)]
      return value === undefined
        ? { key, errorCode: CODES.notSupported, errorDescription: textOf(CODES.notSupported) }
        : { key, value }
    }),
  }
}
