import type { WebRequest } from '../transport/web-line.ts'

/** One thing that is said to a device to find out whose it is. Fixed bytes: what can be said is what stands there. */
export interface ProbeStep {
  readonly say: Uint8Array
  /** How long such a device may take to begin its answer. */
  readonly waitMs: number
  /** True when this is what such a device answers. Given all that came until the line fell silent, at least one byte. */
  recognises(answer: Uint8Array): boolean
}

/** Steps to recognise a device by, the least first. A step is said only to a device that has answered the one before as its kind does. */
export interface Conversation {
  readonly steps: readonly ProbeStep[]
  /** Said after the last step was answered, so that the device does not wait for us. */
  readonly farewell?: Uint8Array
}

/** Where such devices listen on a network. */
export interface NetworkPlace {
  readonly port: number
  /** Hosts that are looked at without being told: this PC, and registers that are a network card of it. */
  readonly hosts: readonly string[]
}

/** How a driver's device is recognised on a line of bytes. */
export interface LineProbe extends Conversation {
  readonly kind: 'line'
  readonly variant: number
  /** Rates of a serial port at which it is asked, the factory's first; empty: it is never looked for on serial ports. */
  readonly rates: readonly number[]
  readonly at?: NetworkPlace
}

/** How a vendor's web service is recognised. Asked only at its own port: to a device of bytes a request of HTTP is lines of text. */
export interface WebProbe {
  readonly kind: 'web'
  readonly variant: number
  readonly at: NetworkPlace
  readonly request: WebRequest
  readonly waitMs: number
  recognises(answer: { readonly status: number; readonly body: string }): boolean
}

/**
 * What a driver asks at an address where nobody knows yet who is there. It only reads, needs no secret to be answered, and none of its
 * bytes means more than a question to a device of any other driver: `test/contract/discovery-matrix.test.ts` is the proof.
 */
export type DriverProbe = LineProbe | WebProbe

/** This PC. */
export const LOCAL_HOST = '127.0.0.1'
