import { type DriverProbe, LOCAL_HOST, type ProbeStep } from '../probe.ts'
import { type Channel, createAnswerParser, encodeQuery } from './framing.ts'

const ANSWER_MS = 1_000
/**
 * Version and serial. The shorter question for the model will not do: its frame over a cable happens to be a whole frame of the
 * Shtrih-M protocol with a right checksum, and would reach such a register as a command.
 */
const VERSION = "<GET VER='?'/>"
const ROOT = /^<(OK|ERROR)/i

const ask = (channel: Channel): ProbeStep => ({
  say: encodeQuery(VERSION, channel),
  waitMs: ANSWER_MS,
  recognises: answer => {
    const event = createAnswerParser(channel).push(answer)
    return event?.kind === 'answer' && ROOT.test(String.fromCharCode(...event.text))
  },
})

/** Framed over a cable and bare over the network. */
export const MITSU_PROBES: readonly DriverProbe[] = [
  { kind: 'line', variant: 1, rates: [115_200], steps: [ask('cable')] },
  { kind: 'line', variant: 1, rates: [], at: { port: 8_200, hosts: [LOCAL_HOST] }, steps: [ask('network')] },
]
