import type { Conversation } from '../drivers/probe.ts'

/** Bits of a status byte that are always the same: 0 and 7 clear, 1 and 4 set (ESC/POS, DLE EOT 1). */
const FIXED_BITS = 0x93
const FIXED_VALUE = 0x12

/**
 * Printers of kitchens and of plain receipts stand at the same kind of ports as registers. They print what is not a command to them, so
 * each is asked for its status, which prints nothing, before anything is said on its line that has printable bytes in it.
 */
export const RECEIPT_PRINTER: Conversation = {
  steps: [
    {
      say: Uint8Array.of(0x10, 0x04, 0x01),
      waitMs: 300,
      recognises: answer => answer.length === 1 && ((answer[0] ?? 0) & FIXED_BITS) === FIXED_VALUE,
    },
  ],
}
