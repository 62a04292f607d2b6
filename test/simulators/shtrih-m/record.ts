import type { Device } from '../register.ts'
import type { Execution } from './commands.ts'
import type { Quirks } from './quirks.ts'

/** Writes a received command into the register's log. `bytesOut` is null when a fault left it without an answer. */
export function record(device: Device<Quirks>, executed: Execution, bytesIn: number, bytesOut: number | null): void {
  device.record({
    opcode: executed.opcode,
    name: executed.name,
    password_ok: executed.passwordOk,
    forbidden: executed.forbidden,
    answer_code: bytesOut === null ? null : executed.code.toString(16).padStart(2, '0').toUpperCase(),
    bytes_in: bytesIn,
    bytes_out: bytesOut ?? 0,
  })
}
