import type { DriverPasswords } from '@tillwatch/agent/drivers/driver'
import type { FactName, FnFlag } from '@tillwatch/shared'
import { expect } from 'vitest'

export type Facts = Record<string, unknown>
/** A state of the simulated register, and what is to be told of it. */
export type StateCase = readonly [title: string, state: object, facts: Facts]

/** What the contract suite needs to know of one driver in one variant. */
export interface DriverProfile {
  readonly driver: string
  readonly variant?: number
  /** Laid over the healthy state and every other: the device's profile. */
  readonly state?: object
  /** Facts of the healthy register that are this vendor's own, or are told otherwise than usual. */
  readonly facts: Facts
  /** Facts that this vendor's device never tells: they must be absent, or null with a reason, never guessed. */
  readonly untold: readonly FactName[]
  /** Warnings of the drive that this vendor's device has no word for. */
  readonly untoldFlags?: readonly FnFlag[]
  /** States that only this vendor's devices have; one of the same title as a common state stands in its place. */
  readonly states: readonly StateCase[]
  /** Most commands of an ordinary poll, after the first. */
  readonly ordinaryCommandsMax: number
  /** Ways in which the register is at work, and the most commands until the port is given back. */
  readonly atWork: readonly (readonly [title: string, state: object, commandsMax: number])[]
  /** A device whose secret was changed, and the secret; absent where the protocol has none. */
  readonly secret?: { readonly state: object; readonly passwords: DriverPasswords }
  /** Pause of the device a command that makes one hold too short for everything; 250 ms unless told. */
  readonly slowMs?: number
  /** Code of the problem when nobody answers: `register.silent` unless told. */
  readonly silentProblem?: string
  /** Name of a serial that a different register gives; `0000000000777777` unless the protocol's serials are shorter. */
  readonly otherSerial?: string
  /** Serial of the drive in a different register, where the driver knows registers by the drive in them. */
  readonly otherDrive?: string
  /** Kinds of ports over which the protocol has no checksum of its own: a changed byte cannot be noticed. */
  readonly unchecked?: readonly ('serial' | 'tcp' | 'http')[]
  /**
   * A service's queue is looked at in each hold, documents once a round; commands that take back a job of our own may come at any time.
   * `look` asks whether a job is done: how often, is for the service's speed to say, so it counts as no command.
   */
  readonly service?: { readonly takesBack: readonly string[]; readonly look: string }
  /** Tests of the suite that have no meaning for this device, each with the reason. */
  readonly cannot?: Partial<Record<'expiry_after_flags' | 'other_register' | 'slow' | 'change', string>>
}

/** A register at work, as every simulated protocol can show it. */
export const HEALTHY = {
  register: { clock_at: '2026-11-22T12:30:00', ofd_name: 'ОФД «Проверка»' },
  shift: { state: 'open', number: 41, receipts: 17 },
  ofd: { unsent_documents: 0 },
  fn: {
    flags: ['ofd_timeout', 'key_resource_ending'],
    last_document: 1054,
    registrations_left: 29,
    documents_left: 180_000,
  },
  marking: { unsent_notifications: 5 },
}
/** What a driver whose device tells everything says of it. */
export const HEALTHY_FACTS: Facts = {
  'fiscal.register.link': 'ok',
  'fiscal.register.serial': '0000000000301234',
  'fiscal.register.registration_number': '0001234567012345',
  'fiscal.register.inn': '7701234567',
  'fiscal.register.ffd': '1.2',
  'fiscal.register.ofd_name': 'ОФД «Проверка»',
  'fiscal.register.ofd_inn': '7709876543',
  'fiscal.register.ofd_host': 'ofd.example',
  'fiscal.register.ofd_port': 7777,
  'fiscal.register.autonomous': false,
  'fiscal.register.mode': 'shift_open',
  'fiscal.register.error': 'none',
  'fiscal.register.paper': 'present',
  'fiscal.register.cover': 'closed',
  'fiscal.register.clock_at': expect.stringMatching(/^2026-11-22T12:3\d:\d\d$/),
  'fiscal.shift.state': 'open',
  'fiscal.shift.number': 41,
  'fiscal.shift.receipts': 17,
  'fiscal.ofd.unsent_documents': 0,
  'fiscal.ofd.first_unsent_document': null,
  'fiscal.ofd.first_unsent_at': null,
  'fiscal.fn.serial': '9960440300112233',
  'fiscal.fn.firmware': 'fn_v_1_2',
  'fiscal.fn.phase': 'fiscal',
  'fiscal.fn.valid_until': '2028-02-14',
  'fiscal.fn.flags': ['key_resource_ending', 'ofd_timeout'],
  'fiscal.fn.last_document': 1054,
  'fiscal.fn.documents_left': 180_000,
  'fiscal.fn.registrations_left': 29,
  'fiscal.marking.unsent_notifications': 5,
}

/** States that every driver tells, as far as its device does. */
export const STATES: readonly StateCase[] = [
  [
    'a shift over 24 hours',
    { shift: { state: 'expired' } },
    { 'fiscal.shift.state': 'expired', 'fiscal.register.mode': 'shift_expired' },
  ],
  [
    'a closed shift',
    { shift: { state: 'closed', number: 7, receipts: 3 } },
    { 'fiscal.shift.state': 'closed', 'fiscal.shift.number': 7 },
  ],
  [
    'no paper and an open cover',
    { register: { paper: 'absent', cover: 'open' } },
    { 'fiscal.register.paper': 'absent', 'fiscal.register.cover': 'open', 'fiscal.register.error': 'cover' },
  ],
  ['a drive that is closed but still sends', { fn: { phase: 'post_fiscal' } }, { 'fiscal.fn.phase': 'post_fiscal' }],
  ['a drive whose archive is read', { fn: { phase: 'archive' } }, { 'fiscal.fn.phase': 'archive' }],
  [
    'every warning of the drive',
    {
      fn: {
        flags: [
          'replace_urgently',
          'memory_almost_full',
          'flk_rejected',
          'setup_needed',
          'ofd_cancelled',
          'critical_error',
        ],
      },
    },
    {
      'fiscal.fn.flags': [
        'critical_error',
        'flk_rejected',
        'memory_almost_full',
        'ofd_cancelled',
        'replace_urgently',
        'setup_needed',
      ],
    },
  ],
  [
    'no drive at all',
    { faults: { fn_absent: true } },
    {
      'fiscal.register.error': 'fn_link',
      'fiscal.fn.phase': null,
      'fiscal.ofd.unsent_documents': null,
      'fiscal.register.mode': 'shift_open',
    },
  ],
  [
    'an autonomous register',
    { register: { autonomous: true } },
    { 'fiscal.register.autonomous': true, 'fiscal.ofd.unsent_documents': null, 'fiscal.fn.phase': 'fiscal' },
  ],
]
