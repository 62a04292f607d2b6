import { type DriverProbe, LOCAL_HOST } from '../probe.ts'
import { ACK, createFrameParser, ENQ, EOT, encodeFrame } from './frames.ts'
import { createPacketParser, encodePacket, ID_MAX } from './packets.ts'
import { HANDSHAKE_VARIANT } from './session.ts'

const REACTION_MS = 500
/** The device type is at hand in the device. */
const ANSWER_MS = 1_000
const RATES = [115_200]
const AT = { port: 5_555, hosts: [LOCAL_HOST] }

const TASK_REQUEST = 0xc3
/** Factory's access password and the command A5, device type; another password is refused in a frame of the same kind. */
const DEVICE_TYPE = [0x00, 0x00, 0xa5]

const isControl = (wanted: number) => (answer: Uint8Array) => answer.length > 0 && answer.every(byte => byte === wanted)

/**
 * Transport 3: asks what became of a task that nobody has given. No task is added, taken away or stopped.
 *
 * Transport 2: a whole exchange from enquiry to end of transmission, so that the device is left as it was found. The frame goes to
 * nobody but a device that answered ACK.
 */
export const ATOL_PROBES: readonly DriverProbe[] = [
  {
    kind: 'line',
    variant: HANDSHAKE_VARIANT,
    rates: RATES,
    at: AT,
    steps: [
      { say: Uint8Array.of(ENQ), waitMs: REACTION_MS, recognises: isControl(ACK) },
      { say: encodeFrame(DEVICE_TYPE), waitMs: REACTION_MS, recognises: isControl(ACK) },
      { say: Uint8Array.of(EOT), waitMs: ANSWER_MS, recognises: isControl(ENQ) },
      { say: Uint8Array.of(ACK), waitMs: REACTION_MS, recognises: isFrame },
    ],
    farewell: Uint8Array.of(ACK),
  },
  {
    kind: 'line',
    variant: 3,
    rates: RATES,
    at: AT,
    steps: [{ say: encodePacket(ID_MAX, [TASK_REQUEST, ID_MAX]), waitMs: REACTION_MS, recognises: isAnswered }],
  },
]

function isFrame(answer: Uint8Array): boolean {
  const parser = createFrameParser()
  return [...answer].some(byte => parser.push(byte) !== null)
}

function isAnswered(answer: Uint8Array): boolean {
  return createPacketParser()
    .push(answer)
    .some(event => event.kind === 'packet' && event.id === ID_MAX)
}
