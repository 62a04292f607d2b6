import type { ProblemSignature } from '@tillwatch/shared/api'
import { isInRange } from './version-order.ts'

/** What the matching looks at in an incident: its checks and class, and what the register and its PC said about themselves. */
export interface IncidentFace {
  readonly causeClass: string
  /** Rules that held, the one that says most first; none for an incident that no condition carries. */
  readonly checks: readonly string[]
  readonly model: string | null
  readonly firmware: string | null
  readonly driver: string | null
  readonly posApp: string | null
  readonly posVersion: string | null
  /** Our name of the error, and the device's own code for it. */
  readonly errorCodes: readonly string[]
  readonly ofd: string | null
}

/** The signature of exactly this face; where a class speaks of the OFD, its name belongs to it (domain 18.49). */
export function signatureOf(face: IncidentFace): ProblemSignature {
  const exactly = (version: string | null) => (version === null ? null : { from: version, to: version })
  return {
    causeClass: face.causeClass,
    checks: face.checks.slice(0, 1),
    model: face.model,
    firmware: exactly(face.firmware),
    driver: exactly(face.driver),
    posApp: face.posApp,
    posVersion: exactly(face.posVersion),
    errorCode: face.errorCodes[0] ?? null,
    ofd: face.causeClass === 'ofd' ? face.ofd : null,
  }
}

/** Two incidents are of the same type when their keys are equal. */
export function signatureKey(face: IncidentFace): string {
  const { causeClass, checks, model, firmware, driver, posApp, posVersion, errorCode, ofd } = signatureOf(face)
  const parts = [causeClass, checks[0], model, firmware?.from, driver?.from, posApp, posVersion?.from, errorCode, ofd]
  return JSON.stringify(parts.map(part => part ?? null))
}

/** Whether an incident looks as the signature says. What the signature leaves open fits anything; what the incident does not tell fits nothing that is asked. */
export function fits(signature: ProblemSignature, face: IncidentFace): boolean {
  const { causeClass, checks, model, firmware, driver, posApp, posVersion, errorCode, ofd } = signature
  return (
    (causeClass === null || causeClass === face.causeClass) &&
    (checks.length === 0 || checks.some(check => face.checks.includes(check))) &&
    sameText(model, face.model) &&
    (firmware === null || isInRange(face.firmware, firmware)) &&
    (driver === null || isInRange(face.driver, driver)) &&
    sameText(posApp, face.posApp) &&
    (posVersion === null || isInRange(face.posVersion, posVersion)) &&
    (errorCode === null || face.errorCodes.some(code => sameText(errorCode, code))) &&
    sameText(ofd, face.ofd)
  )
}

/** How much a signature says: of two that fit, the one that says more is the better guess. */
export function precision(signature: ProblemSignature): number {
  const { checks, ...single } = signature
  return (checks.length > 0 ? 1 : 0) + Object.values(single).filter(part => part !== null).length
}

const sameText = (wanted: string | null, told: string | null): boolean =>
  wanted === null || (told !== null && wanted.toLowerCase() === told.toLowerCase())
