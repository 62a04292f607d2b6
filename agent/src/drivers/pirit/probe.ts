import { type DriverProbe, LOCAL_HOST } from '../probe.ts'
import { ACK, createAnswerParser, ENQ, encodePacket, PACKET_IDS } from './framing.ts'

const REACTION_MS = 500
/** A unit finishes what it is doing before it answers. */
const ANSWER_MS = 1_000

/** Status, by the factory's password of the link: a unit with another one refuses it in a packet of the same kind. */
const STATUS = encodePacket({ password: 'PIRI', command: '00', fields: [] }, PACKET_IDS.last)

/**
 * First the enquiry, which only checks the link. The packet goes to nobody but a device that answered ACK at this rate: at twice the
 * rate its first byte could be heard as CAN.
 */
export const PIRIT_PROBES: readonly DriverProbe[] = [
  {
    kind: 'line',
    variant: 1,
    rates: [57_600, 115_200],
    at: { port: 50_003, hosts: [LOCAL_HOST] },
    steps: [
      {
        say: Uint8Array.of(ENQ),
        waitMs: REACTION_MS,
        recognises: answer => answer.length === 1 && answer[0] === ACK,
      },
      {
        say: STATUS,
        waitMs: ANSWER_MS,
        recognises: answer =>
          createAnswerParser()
            .push(answer)
            .some(event => event.kind === 'answer' && event.answer.command === '00'),
      },
    ],
  },
]
