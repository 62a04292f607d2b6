import { type DriverProbe, LOCAL_HOST, type ProbeStep } from '../probe.ts'
import { type Channel, createAnswerParser, encodeQuery } from './framing.ts'

const ANSWER_MS = 1_000
const MODEL = "<GET DEV='?'/>"
const ROOT = /^<(OK|ERROR)/i

const ask = (channel: Channel): ProbeStep => ({
  say: encodeQuery(MODEL, channel),
  waitMs: ANSWER_MS,
  recognises: answer => {
    const event = createAnswerParser(channel).push(answer)
    return event?.kind === 'answer' && ROOT.test(String.fromCharCode(...event.text))
  },
})

/** The model, framed over a cable and bare over the network. */
export const MITSU_PROBES: readonly DriverProbe[] = [
  { kind: 'line', variant: 1, rates: [115_200], steps: [ask('cable')] },
  { kind: 'line', variant: 1, rates: [], at: { port: 8_200, hosts: [LOCAL_HOST] }, steps: [ask('network')] },
]
