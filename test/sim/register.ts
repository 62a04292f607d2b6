import type { WireItem } from '@tillwatch/shared'
import type { Chance } from './chance.ts'

/** What may be wrong with a register, and the classes of causes that an incident about it may have. */
export const REGISTER_FAULTS = {
  ofd_queue: ['ofd'],
  ofd_refuses: ['ofd'],
  drive_ends: ['fn_end'],
  drive_broken: ['fn_state'],
  phase: ['fn_state'],
  shift_expired: ['shift'],
  silent: ['link'],
  clock: ['clock_register'],
} as const satisfies Readonly<Record<string, readonly string[]>>
export type RegisterFault = keyof typeof REGISTER_FAULTS

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** How long a new drive lives. */
const TERM_DAYS = 410
const ZONE_MS = 3 * HOUR_MS

/** Local time of the sites, which are all in Moscow, as a register tells it. */
const localTime = (at: number): string => new Date(at + ZONE_MS).toISOString().slice(0, 19)
const dateOf = (at: number): string => localTime(at).slice(0, 10)

/** A register as far as its answers go: a queue towards the OFD, a drive with an end, a shift, a clock, a line. */
export class Register {
  readonly serial: string
  readonly slot: string
  readonly faults = new Set<RegisterFault>()
  readonly #inn: string
  readonly #chance: Chance
  #polls = 0
  #drive: { serial: string; until: number }
  #firmware = 1
  #queueSince = 0

  constructor(slot: string, serial: string, inn: string, chance: Chance, now: number) {
    this.slot = slot
    this.serial = serial
    this.#inn = inn
    this.#chance = chance
    this.#drive = this.#newDrive(now)
  }

  breaks(fault: RegisterFault, now: number): void {
    this.faults.add(fault)
    if (fault === 'ofd_queue') this.#queueSince = now - this.#chance.between(20, 80) * HOUR_MS
    if (fault === 'drive_ends') this.#drive = { ...this.#drive, until: now + this.#chance.between(1, 40) * DAY_MS }
  }

  heals(fault: RegisterFault, now: number): void {
    if (this.faults.delete(fault) && fault === 'drive_ends') this.#drive = this.#newDrive(now)
  }

  /** Firmware versions never come back, so each tells how often its change was kept. */
  updates(): void {
    this.#firmware++
  }

  /** Number of the last poll. */
  get polls(): number {
    return this.#polls
  }

  /**
   * One poll at `now` by true time, dated `at` by the clock of the PC. Every poll has a number of its own, which goes on the wire as the
   * commands of the poll: by it a reading is known again wherever it is kept.
   */
  read(now: number, at: string): WireItem {
    const poll = ++this.#polls
    const has = (fault: RegisterFault): boolean => this.faults.has(fault)
    const head = { kind: 'register', slot: this.slot, id: this.serial, at, source: 'register' } as const
    if (has('silent')) {
      return { ...head, id: null, facts: { 'fiscal.register.link': 'silent', 'fiscal.poll.commands': poll } }
    }
    const flags = [...(has('drive_broken') ? ['critical_error'] : []), ...(has('ofd_refuses') ? ['ofd_cancelled'] : [])]
    return {
      ...head,
      facts: {
        'fiscal.register.link': 'ok',
        'fiscal.register.serial': this.serial,
        'fiscal.register.model': 'ШТРИХ-М-01Ф',
        'fiscal.register.firmware': `${this.serial}-${this.#firmware}`,
        'fiscal.register.registration_number': '0001234567012345',
        'fiscal.register.inn': this.#inn,
        'fiscal.register.mode': 'shift_open',
        'fiscal.register.paper': 'present',
        'fiscal.register.clock_at': localTime(now + (has('clock') ? 7 * 60_000 : 0)),
        'fiscal.shift.state': has('shift_expired') ? 'expired' : 'closed',
        'fiscal.shift.receipts': poll % 100,
        'fiscal.ofd.unsent_documents': has('ofd_queue') ? 12 : 0,
        'fiscal.ofd.first_unsent_at': has('ofd_queue') ? localTime(this.#queueSince) : null,
        'fiscal.fn.serial': this.#drive.serial,
        'fiscal.fn.valid_until': dateOf(this.#drive.until),
        'fiscal.fn.phase': has('phase') ? 'post_fiscal' : 'fiscal',
        'fiscal.fn.flags': flags,
        'fiscal.fn.last_document': poll,
        'fiscal.fn.documents_left': 200_000,
        'fiscal.poll.commands': poll,
      },
    }
  }

  #newDrive(now: number): { serial: string; until: number } {
    return {
      serial: `99604403${String(this.#chance.between(10_000_000, 99_999_999))}`,
      until: now + TERM_DAYS * DAY_MS,
    }
  }
}
