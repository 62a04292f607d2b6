import { type DriverProbe, LOCAL_HOST } from '../probe.ts'
import { ACK, createFrameParser, ENQ, FILLER, NAK } from './framing.ts'
import { createPacketParser, EMPTY_PACKET } from './packet.ts'

/** Devices react within their byte time-out, 50 to 100 ms by default. */
const REACTION_MS = 500
/** Rate of today's desktop models, and of older ones. */
const RATE = 115_200
const OLD_RATE = 4_800

/** Built-in server (model table, table 21 field 4), and the usual address of a register that is a USB network card. */
const AT = { port: 7_778, hosts: [LOCAL_HOST, '192.168.137.111'] }

/**
 * Protocol 1: an enquiry changes nothing. It is answered by NAK, or by ACK and the answer that another program left there, which stays.
 *
 * Protocol 2: the empty packet brings up the last answer and executes nothing. A register that knows both protocols takes the one whose
 * first byte it hears first after power-on, so protocol 1 comes first: nearly all cash programs speak it.
 */
export const SHTRIH_M_PROBES: readonly DriverProbe[] = [
  {
    kind: 'line',
    variant: 1,
    rates: [RATE, OLD_RATE],
    at: AT,
    steps: [{ say: Uint8Array.of(ENQ), waitMs: REACTION_MS, recognises: isReaction }],
  },
  {
    kind: 'line',
    variant: 2,
    rates: [RATE],
    at: AT,
    steps: [{ say: EMPTY_PACKET, waitMs: REACTION_MS, recognises: isPacket }],
  },
]

function isReaction(answer: Uint8Array): boolean {
  const [control, ...rest] = answer.slice(answer.findIndex(byte => byte !== FILLER))
  if (control === NAK) return rest.length === 0
  const [waiting] = createFrameParser().push(Uint8Array.from(rest))
  return control === ACK && waiting?.kind === 'frame'
}

function isPacket(answer: Uint8Array): boolean {
  return createPacketParser()
    .push(answer)
    .some(event => event.kind === 'packet')
}
