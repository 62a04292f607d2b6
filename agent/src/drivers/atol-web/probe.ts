import { type DriverProbe, LOCAL_HOST } from '../probe.ts'

const ANSWER_MS = 3_000
const AT = { port: 16_732, hosts: [LOCAL_HOST] }

/** One GET that needs no password, or is refused with 401 where the older interface has one. */
export const ATOL_WEB_PROBES: readonly DriverProbe[] = [
  {
    kind: 'web',
    variant: 2,
    at: AT,
    request: { method: 'GET', path: '/api/v2/serverInfo' },
    waitMs: ANSWER_MS,
    recognises: ({ status, body }) => status === 200 && 'driverVersion' in objectIn(body),
  },
  {
    kind: 'web',
    variant: 1,
    at: AT,
    request: { method: 'GET', path: '/stat/requests' },
    waitMs: ANSWER_MS,
    recognises: ({ status, body }) => status === 200 && 'ready_count' in objectIn(body),
  },
]

function objectIn(body: string): object {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
