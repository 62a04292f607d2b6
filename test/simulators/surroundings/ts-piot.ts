import { z } from 'zod'
import { type ModuleState, moduleStatus } from './local-module.ts'
import { serveWebFake, type WebFake, webFaults } from './web-fake.ts'

const instance = z.strictObject({
  id: z.string().default('0000000000301234'),
  serviceState: z.string().default('Работает'),
  version: z.string().default('1.4.2'),
  licenses: z
    .array(z.strictObject({ isActive: z.boolean(), activeTill: z.union([z.string(), z.number()]) }))
    .default([{ isActive: true, activeTill: '2027-03-01T00:00:00Z' }]),
  fnSerial: z.string().default('9960440300112233'),
  kktInn: z.string().default('7701234567'),
  espToken: z.string().default('token-that-nobody-may-keep'),
  /** False: it was never registered, and tells nothing of itself. */
  isRegistered: z.boolean().default(true),
})

const piotState = z.strictObject({
  instances: z.array(instance).default([instance.parse({})]),
  module: z.custom<ModuleState>().default({}),
  faults: webFaults,
})
export type PiotState = z.input<typeof piotState>

/** Serves TS PIoT with its ESM instances on a free port. */
export function servePiot(initial: PiotState = {}): Promise<WebFake> {
  const { instances, module, faults } = piotState.parse(initial)
  const pagesOf = ({ id, version, licenses, fnSerial, kktInn, espToken, isRegistered }: z.infer<typeof instance>) => ({
    [`/api/v1/instances/info/${id}`]: () =>
      isRegistered
        ? {
            logPath: 'C:\\ProgramData\\esm\\log',
            state: 'started',
            clientPort: 51_401,
            version,
            licenses,
            regData: { tspiotId: 'a-1', gismtTspiotId: 'b-2', kktSerial: id, fnSerial, kktInn, espToken },
          }
        : null,
    [`/api/v1/instances/lm/${id}`]: () => ({
      controllerVersion: '1.0',
      code: 0,
      osInfo: 'Windows 10',
      lmStatus: moduleStatus(module),
    }),
  })
  return serveWebFake({
    forbidden: /\/(init|cis|codes)\b/,
    faults: () => faults,
    pages: () => ({
      '/api/v1/instances/info': () =>
        instances.length === 0
          ? null
          : { instances: instances.map(({ id, serviceState }) => ({ id, port: 50_401, serviceState })) },
      ...Object.assign({}, ...instances.map(pagesOf)),
    }),
  })
}
