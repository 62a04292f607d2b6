import type { EpochMs, WireItem } from '@tillwatch/shared'
import { words } from '../words.ts'
import { type Cause, toldBy, warn } from './doctor-cause.ts'
import type { Check } from './doctor-check.ts'
import { hostCauses } from './doctor-host-causes.ts'
import { HELD_STEP } from './doctor-ports.ts'
import { registerCauses } from './doctor-register-causes.ts'

/** What the facts of registers and PC say is wrong, or soon will be. `checks`: what was seen of ports and registers; `now`: the PC's clock. */
export function causesOf(items: readonly WireItem[], checks: readonly Check[], now: EpochMs): Check[] {
  const own = items.flatMap(item =>
    named(item.slot, item.kind === 'register' ? registerCauses(item, now) : hostCauses(item, now)),
  )
  return [...own, ...named('port', holderCauses(items, checks))]
}

const named = (slot: string, causes: readonly Cause[]): Check[] =>
  causes.map(cause => ({ ...cause, id: `cause:${slot}` }))

/** Windows does not name the program that holds a port; a POS program that runs is the likely one. */
function holderCauses(items: readonly WireItem[], checks: readonly Check[]): Cause[] {
  const isHeld = checks.some(({ status, nextStep }) => status === 'warn' && nextStep === HELD_STEP)
  const programs = items.map(toldBy).flatMap(told => (told('pos.app.running') === true ? told('pos.app.name') : []))
  if (!isHeld || programs.length === 0) return []
  const text = words(
    `Порт кассы, вероятно, держит ${programs.join(', ')}: программа запущена`,
    `The register’s port is probably held by ${programs.join(', ')}, which runs`,
  )
  return [warn(text, HELD_STEP)]
}
