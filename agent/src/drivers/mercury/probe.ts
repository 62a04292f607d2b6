import { type DriverProbe, LOCAL_HOST } from '../probe.ts'
import { PATH } from './exchange.ts'
import { parseAnswer } from './fields.ts'
import { createAnswerParser, encodeRequest } from './framing.ts'

const ANSWER_MS = 3_000
const DRIVER_INFO = JSON.stringify({ command: 'GetDriverInfo' })

const isDriverInfo = (json: string): boolean => parseAnswer(json)?.has('driverBaseVer') ?? false

/** The service's versions: answered without a session, whatever the register does. Never said on a serial port. */
export const MERCURY_PROBES: readonly DriverProbe[] = [
  {
    kind: 'web',
    variant: 1,
    at: { port: 50_010, hosts: [LOCAL_HOST] },
    request: { method: 'POST', path: PATH, body: DRIVER_INFO },
    waitMs: ANSWER_MS,
    recognises: ({ status, body }) => status === 200 && isDriverInfo(body),
  },
  {
    kind: 'line',
    variant: 1,
    rates: [],
    at: { port: 50_009, hosts: [LOCAL_HOST] },
    steps: [
      {
        say: encodeRequest(DRIVER_INFO),
        waitMs: ANSWER_MS,
        recognises: answer => {
          const event = createAnswerParser().push(answer)
          return event?.kind === 'answer' && isDriverInfo(event.json)
        },
      },
    ],
  },
]
